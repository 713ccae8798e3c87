-- told: a nil value (global 'debug')
function on_quote(call)
  debug.getregistry()
end
