-- told: it gave no answer in time
function on_quote(call)
  local function grow() local s = "x" while true do s = s .. s end end
  while true do pcall(grow) end
end
