-- told: it gave no answer in time
function on_quote(call)
  xpcall(error, function() while true do end end)
end
