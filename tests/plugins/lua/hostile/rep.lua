-- told: a text longer than 65536 bytes
function on_quote(call)
  return { notes = { string.rep("x", 1000000000) } }
end
