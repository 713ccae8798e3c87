-- told: a nil value (global 'os')
function on_quote(call)
  local _ENV = setmetatable({}, { __index = _ENV })
  os.execute("true")
end
