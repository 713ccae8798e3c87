-- told: a nil value (global 'os')
function on_quote(call)
  os.execute("touch /tmp/escaped")
end
