-- wrk: sends again what a browser has sent, each time with a text and a submission id of its own.
-- Arguments: the file with the requests, as end2end/bench/record.mjs writes it; how many of them.
-- Runs in one thread: a second one would send the same ids.
local requests, sent, begun = {}, 0, os.time()

function init(args)
  local count = tonumber(args[2])
  for index, request in ipairs(dofile(args[1])) do
    if index <= count then
      requests[index] = request
    end
  end
end

function request()
  local next = requests[sent % #requests + 1]
  sent = sent + 1
  local body = next.body
  if body then
    local id = string.format("%016x%016x", begun, sent)
    body = body:gsub("4242424242", string.format("%010d", sent)):gsub("_submission=%x+", "_submission=" .. id)
  end
  return wrk.format(next.method, next.path, next.headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
