-- wrk: posts a form, each time with a submission id of its own.
-- Arguments: the hidden fields, urlencoded; the keys of the queries on screen, or nothing for a
-- submission without JavaScript.
local fields, queries, thread_id, sent = "", nil, 0, 0
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("thread_id", threads)
end

function init(args)
  fields = args[1] or ""
  queries = args[2]
  wrk.method = "POST"
  wrk.headers["content-type"] = "application/x-www-form-urlencoded"
  wrk.headers["sec-fetch-site"] = "same-origin"
  if queries then
    wrk.headers["accept"] = "application/x-ndjson"
    wrk.headers["formwork-queries"] = queries
  end
  math.randomseed(os.time() + thread_id)
  base = math.random(0, 2 ^ 30)
end

function request()
  sent = sent + 1
  local id = string.format("%08x%08x%016x", base, thread_id, sent)
  local body = fields .. "&_submission=" .. id .. "&title=Hello&body=A+new+post+number+" .. sent
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("RESULT %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(99), errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
