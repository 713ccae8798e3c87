-- told: too many results to unpack
function on_quote(call)
  return { notes = { table.unpack({}, 1, 1 << 30) } }
end
