-- told: codec can't decode
function on_quote(call)
  return { notes = { "\xff" } }
end
