// Package redis keeps Staffroom's state: it implements the stores of the
// scheduler, the outbox and every feature, and is the only package (with its
// engine) that imports go-redis.
//
// # Atomicity
//
// A community is the unit of atomicity and of spreading: all its keys carry the
// hash tag {c:<community>}, so one script changes a record together with its
// jobs, posts and the claim of the input that caused it, on a Cluster too.
// Scripts touch the keys they are given and no others. They are the files in
// scripts/; lib.lua stands before each.
//
// # When a process dies
//
// A script happens whole or not at all. What a death between two of them leaves:
//
//   - the due index is told, the job not written: a hint of nothing, which the
//     next look removes;
//   - the job is written, the index not told again: the first hint finds it, or,
//     if another process looked between the two, Sweep does;
//   - a community is picked from the index, not looked into: it is hidden from
//     others for 5 s;
//   - a job is claimed, not settled: it comes back when its lease ends; its
//     handler finds by the record's version what it has done already;
//   - a job is settled, the index not told: its hint is when the lease would have
//     ended, or earlier;
//   - a post is begun, not ended: it is in doubt, and the next attempt first finds
//     out whether it was sent;
//   - a step is made and its process has not answered: the input has its claim, so
//     a repetition changes nothing.
//
// A Cluster client may repeat a command whose connection broke. Then a script
// finds its own work: an advance is a conflict or a repeated input, an entry is
// an older one, a claim comes back when its lease ends.
//
// # Keys
//
// In the table, sr:{c}: stands for sr:{c:<community id>}: and "until" says what
// ends a key or field.
//
//	key                    type    holds                                        until
//	sr:schema              string  version of this layout                       kept
//	sr:secret              string  key of the control seal                      kept
//	sr:space:<space>       string  community of a server or workspace           kept
//	sr:{groups}            set     every community (for the sweep)              kept
//	sr:{due:<shard>}       zset    community → earliest due job, in ms: a hint  no job is left
//	sr:{c}:about           string  the community's settings, JSON               kept
//	sr:{c}:numbers         hash    counters: members, chats, posts              kept
//	sr:{c}:members         hash    member → JSON                                forgotten
//	sr:{c}:membernumbers   hash    member → short number                        forgotten
//	sr:{c}:accounts        hash    account → member                             forgotten
//	sr:{c}:jobs            hash    job → JSON                                   completed
//	sr:{c}:due             zset    job → due, or end of its lease, in ms        completed
//	sr:{c}:lease           hash    job → token of the worker that holds it      settled
//	sr:{c}:next            hash    job → "due body" set while it was held       settled
//	sr:{c}:tries           hash    job → failures                               completed
//	sr:{c}:aside           hash    job → JSON with cause                        looked at
//	sr:{c}:posts           hash    delivery key → item, JSON                    ended
//	sr:{c}:queue           zset    lane, number, delivery key (by lex)          ended
//	sr:{c}:sending         hash    delivery key → "since tries doubt"           ended
//	sr:{c}:lanes           hash    lane → who moves it                          empty
//	sr:{c}:sent            hash    delivery key → message, JSON                 30 days
//	sr:{c}:sentat          zset    delivery key → sent, in ms                   30 days
//	sr:{c}:undelivered     hash    delivery key → JSON with cause               looked at
//	sr:{c}:refs:<record>   hash    message of ours → delivery key               the record
//	sr:{c}:in:<hash>       string  an input that has had its effect             24 hours (TTL)
//	sr:{c}:chats           hash    discussion → JSON                            deleted
//	sr:{c}:chats:v         hash    discussion → version                         deleted
//	sr:{c}:chats:start     zset    discussion → start, in ms                    deleted
//	sr:{c}:live            hash    channel → its running discussions            archived
//	sr:{c}:entries:<chat>  hash    message → entry, JSON                        the discussion
//	sr:{c}:order:<chat>    list    messages in the order they came              the discussion
package redis
