//! What Redis does in one step: no other command comes in between.

use std::sync::LazyLock;

use redis::Script;

/// What [`CLAIM`] and [`ASK`] answer first.
pub(super) const YOURS: u8 = 0;
pub(super) const RECORDED: u8 = 1;
pub(super) const LOST: u8 = 3;
pub(super) const ANOTHER: u8 = 4;

type Step = LazyLock<Script>;

/// Keeps a value unless one that was computed later is there.
pub(super) static PUT: Step = LazyLock::new(|| {
    Script::new(
        "local old = redis.call('HGET', KEYS[1], 'as_of')
         if old and tonumber(old) > tonumber(ARGV[1]) then return end
         redis.call('HSET', KEYS[1], 'as_of', ARGV[1], 'entry', ARGV[2])
         redis.call('PEXPIRE', KEYS[1], ARGV[3])",
    )
});

/// Begins to follow. The data is that of one run of Redis: after a restart the last of it may be missing, or
/// all, and what was invalidated then is not known any more. So whoever comes first after one, or knows of a
/// later moment than Redis does, moves the clock on, and the floor to it, before which no tag's values are
/// served; every instance is told (`ARGV[2]` and `ARGV[3]`). Answers the id of this run.
pub(super) static BEGIN: Step = LazyLock::new(|| {
    Script::new(
        "local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
         local clock = tonumber(redis.call('GET', KEYS[1]) or 0)
         if redis.call('HGET', KEYS[2], 'run') == run and tonumber(ARGV[1]) <= clock then return run end
         local time = redis.call('TIME')
         local now = math.max(clock, tonumber(ARGV[1]), time[1] * 1000000 + time[2]) + 1
         local text = string.format('%.0f', now)
         redis.call('SET', KEYS[1], text)
         redis.call('HSET', KEYS[2], 'run', run, 'floor', text)
         redis.call('PUBLISH', ARGV[2], text .. ' ' .. ARGV[3])
         return run",
    )
});

/// Moves the clock on, notes the new moment at each tag, and tells every instance. The clock is in
/// microseconds since 1970, so that it goes on where it was even if Redis has lost it.
pub(super) static INVALIDATE: Step = LazyLock::new(|| {
    Script::new(
        "local time = redis.call('TIME')
         local micros = time[1] * 1000000 + time[2]
         local now = math.max(tonumber(redis.call('GET', KEYS[1]) or 0) + 1, micros)
         local text = string.format('%.0f', now)
         redis.call('SET', KEYS[1], text)
         local ms = math.floor(micros / 1000)
         local at = 6
         for _ = 1, tonumber(ARGV[5]) do
           local tag = ARGV[1] .. ARGV[at]
           redis.call('HSET', tag, 'updated', text)
           redis.call('PEXPIRE', tag, ARGV[4])
           at = at + 1
         end
         while ARGV[at] do
           local tag = ARGV[1] .. ARGV[at]
           local state = redis.call('HMGET', tag, 'updated', 'stale', 'until')
           local updated, stale = tonumber(state[1] or 0), tonumber(state[2] or 0)
           local ends, new = tonumber(state[3] or 0), ms + tonumber(ARGV[at + 1])
           if stale > updated and ends <= ms then
             redis.call('HSET', tag, 'updated', string.format('%.0f', stale))
           elseif stale > updated then
             new = math.min(ends, new)
           end
           redis.call('HSET', tag, 'stale', text, 'until', string.format('%.0f', new))
           redis.call('PEXPIRE', tag, ARGV[4])
           at = at + 2
         end
         redis.call('PUBLISH', ARGV[2], text .. ' ' .. ARGV[3])
         return now",
    )
});

/// Claims a submission under an id, or claims it for longer: `{0, 0}` if it is ours, `{1, outcome}` if it
/// ran, `{2, ms}` if another runs it. What is claimed is `r`, the id, a colon, and until when; that it was
/// is known for longer (`ARGV[3]`) than it holds. `l` instead of `r`: whoever had it before is gone.
/// `{4, 0}` if this is not the run of Redis that is followed (`ARGV[4]`), or it was emptied: who claims hears
/// of neither by its connection alone, which may be made anew without a word.
pub(super) static CLAIM: Step = LazyLock::new(|| {
    Script::new(
        "local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
         if run ~= ARGV[4] or redis.call('HGET', KEYS[2], 'run') ~= run then return {4, 0} end
         local time = redis.call('TIME')
         local now = time[1] * 1000 + math.floor(time[2] / 1000)
         local state = redis.call('GET', KEYS[1])
         if state and string.sub(state, 1, 1) == 'o' then return {1, string.sub(state, 2)} end
         local kind = 'r'
         if state then
           local was, id, ends = string.match(state, '^([rl])(%d+):(%d+)$')
           if id ~= ARGV[1] and tonumber(ends) > now then return {2, tonumber(ends) - now} end
           if id ~= ARGV[1] or was == 'l' then kind = 'l' end
         end
         local ends = string.format('%.0f', now + tonumber(ARGV[2]))
         redis.call('SET', KEYS[1], kind .. ARGV[1] .. ':' .. ends, 'PX', ARGV[2] + ARGV[3])
         return {0, 0}",
    )
});

/// What became of a submission: as [`CLAIM`], `{0, 0}` if nothing is known of it, and `{3, 0}` if it was
/// claimed for a time that is over.
pub(super) static ASK: Step = LazyLock::new(|| {
    Script::new(
        "local state = redis.call('GET', KEYS[1])
         if not state then return {0, 0} end
         if string.sub(state, 1, 1) == 'o' then return {1, string.sub(state, 2)} end
         local time = redis.call('TIME')
         local left = tonumber(string.match(state, ':(%d+)$')) - time[1] * 1000
           - math.floor(time[2] / 1000)
         if left <= 0 then return {3, 0} end
         return {2, left}",
    )
});

/// Ends a claim, unless it is another's by now: keeps its outcome for so long, or forgets it (0). That who
/// had it before is gone is not forgotten: they may have done it. Nor is (`ARGV[6]` is not 0) that this one may
/// have, for so long.
pub(super) static END: Step = LazyLock::new(|| {
    Script::new(
        "local state = redis.call('GET', KEYS[1])
         local was, id = string.match(state or '', '^([rl])(%d+):')
         local ours = id == ARGV[1]
         if ARGV[2] ~= '0' and (ours or not state) then
           redis.call('SET', KEYS[1], 'o' .. ARGV[3], 'PX', ARGV[2])
         elseif ours and was == 'l' then
           redis.call('SET', KEYS[1], 'l0:0', 'KEEPTTL')
         elseif ours and ARGV[6] ~= '0' then
           redis.call('SET', KEYS[1], 'l0:0', 'PX', ARGV[6])
         elseif ours then
           redis.call('DEL', KEYS[1])
         else
           return
         end
         redis.call('PUBLISH', ARGV[4], ARGV[5])",
    )
});

/// Counts an event: how many there are in this window, and when it ends.
pub(super) static COUNT: Step = LazyLock::new(|| {
    Script::new(
        "local count = redis.call('INCR', KEYS[1])
         local left = redis.call('PTTL', KEYS[1])
         if left < 0 then
           redis.call('PEXPIRE', KEYS[1], ARGV[1])
           left = tonumber(ARGV[1])
         end
         return {count, left}",
    )
});
