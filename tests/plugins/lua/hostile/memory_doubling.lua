-- told: not enough memory
function on_quote(call)
  local s = "x"
  while true do s = s .. s end
end
