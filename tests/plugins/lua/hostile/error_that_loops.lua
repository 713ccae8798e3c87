-- told: an error without words
function on_quote(call)
  error(setmetatable({}, { __tostring = function() while true do end end }))
end
