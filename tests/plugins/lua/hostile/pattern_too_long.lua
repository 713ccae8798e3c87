-- told: a text longer than 65536 bytes
function on_quote(call)
  local half = string.rep("a", 60000)
  return { notes = { string.find(half .. half, "b") } }
end
