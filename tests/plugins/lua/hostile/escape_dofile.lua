-- told: a nil value (global 'dofile')
function on_quote(call)
  dofile("/etc/passwd")
end
