-- told: a nil value (global 'package')
function on_quote(call)
  package.loadlib("/lib/libc.so.6", "system")
end
