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
//     a repetition changes nothing;
//   - a space is moving to another community: it points to both, and its job goes on
//     (see transfer.go).
//
// A Cluster client may repeat a command whose connection broke. Then a script
// finds its own work: an advance is a conflict or a repeated input, an entry is
// an older one, a claim comes back when its lease ends.
//
// # Keys
//
// In the table, sr:{c}: stands for sr:{c:<community id>}:, sr:{b}: for
// sr:{b:<connection>}: and sr:{h}: for sr:{h:<host on the web>}:, and "until" says
// what ends a key or field. An entry is the delivery key of a post, or names a change
// of one.
//
//	key                    type    holds                                        until
//	sr:schema              string  version of this layout                       kept
//	sr:secret              string  key of the control seal                      kept
//	sr:space:<space>       string  community of a server or workspace, and      kept
//	                               where it is going meanwhile
//	sr:code:<hash>         string  what a one-time code stands for, JSON        used, 1 hour (TTL)
//	sr:{groups}            set     every community (for the sweep)              kept
//	sr:{due:<shard>}       zset    community → earliest due job, in ms: a hint  no job is left
//	sr:{b}:sent:<bucket>   list    when the last messages were sent, in ms      its period (TTL)
//	sr:{b}:wait:<bucket>   zset    lane that waits → when it was to ask again   they have (TTL)
//	sr:{h}:turn            string  until when nobody else asks the host, in ms  then (TTL)
//	sr:{h}:asked           string  the same of asking for what it has not, ms   1 day (TTL)
//	sr:{h}:nothing         string  how it answers that, as a print              1 day (TTL)
//	sr:{c}:about           string  the community's settings, JSON               kept
//	sr:{c}:places          hash    space → its settings, JSON                   it leaves
//	sr:{c}:places:v        hash    space → version; none: never changed         it leaves
//	sr:{c}:left            hash    space that has left, * for all → where to    it comes back
//	sr:{c}:moving          hash    record on its way to another community, JSON it has arrived
//	sr:{c}:codetries:<who> string  wrong codes and since when                   1 hour (TTL)
//	sr:{c}:library         hash    resource → JSON                              removed
//	sr:{c}:library:v       hash    resource → version                           removed
//	sr:{c}:library:order   zset    resource (by lex)                            removed
//	sr:{c}:library:log     stream  resources that changed, the latest 2000      kept
//	sr:{c}:libraryrules    hash    all → what organizers have decided, JSON     kept
//	sr:{c}:libraryrules:v  hash    all → version                                kept
//	sr:{c}:libraryof:<who> set     resources in which a member stands           forgotten
//	sr:{c}:librarykept:<who> zset  resource that a member keeps → since, in ms  not any more, forgotten
//	sr:{c}:librarykeepers  zset    member who has kept something (by lex)       they go, forgotten
//	sr:{c}:librarytold     hash    place → what its digests have told, JSON     it moves
//	sr:{c}:libraryuntold   set     member who is told of no answers             they want it, forgotten
//	sr:{c}:librarysearch:<who> hash mark → what a member has looked for, JSON   1 hour (TTL), forgotten
//	sr:{c}:librarywishes   hash    wish → JSON                                  90 days, taken back
//	sr:{c}:librarywishes:v hash    wish → version                               90 days, taken back
//	sr:{c}:library:due     zset    resource → when its link is looked at, in ms removed, hidden
//	sr:{c}:library:moved   hash    resource that was merged → what stands for it saved anew
//	sr:{c}:numbers         hash    counters: members, chats, series, posts, changes of the library  kept
//	sr:{c}:members         hash    member → JSON                                forgotten
//	sr:{c}:members:v       hash    member → version; none: never changed        forgotten
//	sr:{c}:membernumbers   hash    member → short number                        forgotten
//	sr:{c}:accounts        hash    account → member                             forgotten
//	sr:{c}:former          hash    member who became another → which, JSON      undone, forgotten
//	sr:{c}:organizers      set     accounts of those who organize, JSON         no longer do
//	sr:{c}:jobs            hash    job → JSON                                   completed
//	sr:{c}:due             zset    job → due, or end of its lease, in ms        completed
//	sr:{c}:lease           hash    job → token of the worker that holds it      settled
//	sr:{c}:next            hash    job → "due body" set while it was held       settled
//	sr:{c}:tries           hash    job → failures and when it was first given back  completed
//	sr:{c}:aside           hash    job → JSON with cause                        looked at
//	sr:{c}:posts           hash    entry → kind, time queued and item, JSON     ended
//	sr:{c}:queue           zset    lane, number, entry (by lex)                 ended
//	sr:{c}:sending         hash    entry → "since tries doubt"                  ended
//	sr:{c}:changes         hash    delivery key → entry of its queued change     ended
//	sr:{c}:lanes           hash    lane → who moves it                          empty
//	sr:{c}:sent            hash    delivery key → message, JSON                 30 days
//	sr:{c}:sentat          zset    delivery key → sent, in ms                   30 days
//	sr:{c}:sentto:<who>    zset    delivery key of what a person got → sent, ms 30 days, forgotten
//	sr:{c}:undelivered     hash    delivery key → item and cause, JSON          30 days, newest 500
//	sr:{c}:undeliveredat   zset    delivery key → ended, in ms                  30 days, newest 500
//	sr:{c}:undeliveredid   hash    ID for controls → delivery key               settled, or as above
//	sr:{c}:unreported      zset    delivery key → ended, in ms                  an organizer is told
//	sr:{c}:unreached       zset    account, number, delivery key (by lex)       they are told
//	sr:{c}:written         hash    lane of a person → latest unasked, ms, JSON  forgotten
//	sr:{c}:reports         hash    all → place and reason → last report, JSON   kept
//	sr:{c}:reports:v       hash    all → version                                kept
//	sr:{c}:refs:<record>   hash    message of ours → delivery key               the record
//	sr:{c}:in:<hash>       string  an input that has had its effect             24 hours (TTL)
//	sr:{c}:chats           hash    discussion → JSON                            deleted
//	sr:{c}:chats:v         hash    discussion → version                         deleted
//	sr:{c}:chats:start     zset    discussion → start, in ms                    deleted
//	sr:{c}:live            hash    channel → its running discussions            archived
//	sr:{c}:entries:<chat>  hash    message, @<place>/ first → entry, JSON       the discussion
//	sr:{c}:order:<chat>    list    messages in the order they came              the discussion
//	sr:{c}:chatwho:<chat>  hash    member who has said something                the discussion, forgotten
//	sr:{c}:coming:<chat>   hash    member who will come → account, JSON         the discussion, forgotten
//	sr:{c}:relay:<chat>:way hash   discussion → how far it is carried, JSON     the discussion
//	sr:{c}:relay:<chat>:way:v hash discussion → version                         the discussion
//	sr:{c}:relay:<chat>:log list   messages to look at for other places         the discussion
//	sr:{c}:relay:<chat>:shown hash message → post elsewhere; post → messages, JSON the discussion
//	sr:{c}:marks:<chat>    hash    fix, withheld or picked, entry → how it is filed, JSON  the discussion
//	sr:{c}:series          hash    series → JSON                                removed
//	sr:{c}:series:v        hash    series → version                             removed
//	sr:{c}:series:number   zset    series → short number                        removed
//	sr:{c}:serieslog:<id>  list    the latest ends of its occurrences, JSON     the series
//	sr:{c}:checkins        hash    check-in → how far it is, JSON               kept
//	sr:{c}:checkins:v      hash    check-in → version                           kept
//	sr:{c}:checkins:open   hash    occurrence → when it closes and is over, ms  over
//	sr:{c}:checkins:asked  hash    occurrence → what was asked, JSON            a school year later
//	sr:{c}:checkinwho:<id> hash    member who takes part → JSON                 they leave, it is removed
//	sr:{c}:checkinorder:<id> zset  member who takes part (by lex)               they leave, it is removed
//	sr:{c}:checkinwall:<id> hash   member → what they had last, in s            it is removed
//	sr:{c}:checkinlisted:<id> hash member → list by which they take part, in ms   they join or leave, it is removed
//	sr:{c}:checkinrevision:<id> string what an organizer is about to change, JSON 1 hour (TTL)
//	sr:{c}:checkinword:<id> hash   member → told why they are asked, or has left  they join, it is removed
//	sr:{c}:checkinpast:<id> zset   occurrence → first asked, in ms              a school year later
//	sr:{c}:checkinturns:<id> hash  member → state, begin and end, in ms         a school year later
//	sr:{c}:checkinanswers:<id> hash member → answer, JSON                       a school year later
//	sr:{c}:checkinsealed:<id> hash name of chance → sealed anonymous answer     its end
//	sr:{c}:checkinresults:<id> zset anonymous answer, JSON, by a name of chance a school year later
//	sr:{c}:checkinjoined:<who> set check-ins in which a member takes part       they leave
//	sr:{c}:checkintalk:<who> hash  version, what is answered line by line, JSON what is open is over (TTL), forgotten
//	sr:{c}:checkinfollowed:<who> string what has followed a member into another  25 hours (TTL)
//	sr:{c}:journal:<who>   list    occurrences that a member answered by name   forgotten
//	sr:{c}:goals           hash    member/goal → JSON                           forgotten
//	sr:{c}:goals:v         hash    member/goal → version                        forgotten
//	sr:{c}:goalsof:<who>   set     member/goal                                  forgotten
//	sr:{c}:partners        hash    program → how far it is, JSON                it is removed
//	sr:{c}:partners:v      hash    program → version                            it is removed
//	sr:{c}:partnerwho:<id> hash    member who takes part → JSON                 they leave, it is removed
//	sr:{c}:partnerrest:<id> hash   member who rests → JSON                      they do not, they leave
//	sr:{c}:partnersilent:<id> hash member → rounds in a row without a sign      they give one, they leave
//	sr:{c}:partnerfree:<id> hash   member who is free → since, in ms            they have a partner, the round
//	sr:{c}:partnernumbers:<id> hash number in the history → member              forgotten, it is removed
//	sr:{c}:partnermet:<id> hash    round.wave → its groups, by numbers          it is removed
//	sr:{c}:partnerpast:<id> hash   round → its figures, JSON                    it is removed
//	sr:{c}:partnerround:<id>:groups hash group → JSON                           the round
//	sr:{c}:partnerround:<id>:groups:v hash group → version                      the round
//	sr:{c}:partnerorder:<id> zset  group (by lex)                               the round
//	sr:{c}:partnerin:<id>  hash    member → their group                         they leave it, the round
//	sr:{c}:partnerprofiles hash    member → what they have told, JSON           forgotten
//	sr:{c}:partnerblocks   hash    member → whom they block                     not any more, forgotten
//	sr:{c}:partnerevaluations hash member → who evaluates them or is evaluated  not any more, forgotten
//	sr:{c}:partnerjoined:<who> set programs in which a member takes part        they leave
//	sr:{c}:partnerfollowed:<who> string what has followed a member into another 25 hours (TTL)
//	sr:{c}:reportsof:<who> set     cases in which a member or account stands    a year (TTL), forgotten
//	sr:{c}:report:<id>:case hash   case → what is reported of a message, JSON   a year (TTL)
//	sr:{c}:report:<id>:case:v hash case → version                               a year (TTL)
//	sr:{c}:reportdraft:<id> string what somebody is about to report, JSON       1 hour (TTL)
//	sr:{c}:reporttries:<who> string a member's reports and since when           1 hour (TTL)
//	sr:{c}:calendars       hash    calendar → JSON                              removed (everybody: kept)
//	sr:{c}:calendars:v     hash    calendar → version                           removed (everybody: kept)
package redis
