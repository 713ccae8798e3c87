-- told: invalid conversion
function on_quote(call)
  return { notes = { string.format("%99999999d", 1) } }
end
