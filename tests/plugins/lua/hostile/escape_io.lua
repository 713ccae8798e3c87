-- told: a nil value (global 'io')
function on_quote(call)
  io.open("/etc/passwd")
end
