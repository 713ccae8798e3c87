-- told: nothing is done
function on_quote(call)
  return setmetatable({ order = {} }, {
    __pairs = function() while true do end end,
    __index = function() while true do end end,
    __len = function() while true do end end,
  })
end
