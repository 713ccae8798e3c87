-- told: answer
function on_quote(call)
  local s = string.rep("x", 60000)
  local notes = {}
  for n = 1, 100 do notes[n] = s .. n end
  return { notes = notes }
end
