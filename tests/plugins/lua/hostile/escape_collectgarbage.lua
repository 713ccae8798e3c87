-- told: a nil value (global 'collectgarbage')
function on_quote(call)
  collectgarbage("stop")
end
