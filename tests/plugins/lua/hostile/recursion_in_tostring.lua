-- told: C stack overflow
function on_quote(call)
  local t = {}
  setmetatable(t, { __tostring = function() return tostring(t) end })
  return { notes = { tostring(t) } }
end
