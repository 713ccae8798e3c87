-- told: it gave no answer in time
function on_quote(call)
  local held <close> = setmetatable({}, { __close = function() while true do end end })
  return {}
end
