-- told: it gave no answer in time
function on_quote(call)
  local text = string.rep("a", 60000)
  return { notes = { string.match(text, string.rep("a*", 20) .. "b") } }
end
