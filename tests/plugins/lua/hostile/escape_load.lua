-- told: a nil value (global 'load')
function on_quote(call)
  load("return os")()
end
