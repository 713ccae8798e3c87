-- told: __gc and __mode would show
function on_quote(call)
  setmetatable({}, { __gc = function() while true do end end })
end
