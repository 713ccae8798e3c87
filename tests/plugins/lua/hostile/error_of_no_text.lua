-- told: codec can't decode
function on_quote(call)
  error("\xff\xfe")
end
