-- told: error_that_is_long.lua:4: xxxx
function on_quote(call)
  local s = string.rep("x", 60000)
  error(s .. s .. s .. s .. s .. s .. s .. s)
end
