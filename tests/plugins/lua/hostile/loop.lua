-- told: it gave no answer in time
function on_quote(call)
  while true do end
end
