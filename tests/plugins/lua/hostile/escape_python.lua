-- told: a nil value (global 'python')
function on_quote(call)
  python.eval("__import__('os')")
end
