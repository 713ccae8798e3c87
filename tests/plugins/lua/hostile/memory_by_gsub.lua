-- told: not enough memory
function on_quote(call)
  local s = string.rep("x", 60000)
  return { notes = { (string.gsub(s, "x", s)) } }
end
