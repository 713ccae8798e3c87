-- told: a nil value (global 'require')
function on_quote(call)
  require("os").exit(0)
end
