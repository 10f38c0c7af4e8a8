/* limits.h: every bound of the engine, each with its reason.
 *
 * A parser that meets bytes from outside takes its bounds from here. */
#pragma once

/* A flow file is written by people and tools for people: 10,000 processors are about 5 MiB. What
 * is larger is refused before it is parsed. */
#define WEIR_LIMIT_FLOW_BYTES (64u * 1024 * 1024)

/* Groups in groups: nobody finds the way in 64, and what walks them may recurse. */
#define WEIR_LIMIT_GROUP_DEPTH 64

/* An id is part of paths, metrics, attribute names and log lines. */
#define WEIR_LIMIT_ID 128

/* Parameters that name parameters: more is a riddle, and what follows them recurses. */
#define WEIR_LIMIT_PARAMETER_DEPTH 16

/* A property with its parameters filled in: a parameter that names another ten times, sixteen
 * levels deep, would be 10^16 bytes. The longest scripts and queries are some 100 KiB. */
#define WEIR_LIMIT_PROPERTY_BYTES (1024u * 1024)

/* A text with expressions in it. The longest in public flows are some KiB. */
#define WEIR_LIMIT_EXPR_BYTES (64 * 1024)

/* Expressions in expressions: the parser recurses, and nobody reads more. */
#define WEIR_LIMIT_EXPR_DEPTH 64

/* Arguments of one function: `in` with a list of names. */
#define WEIR_LIMIT_EXPR_ARGUMENTS 1000

/* evaluateELString that gives an evaluateELString: each level compiles. */
#define WEIR_LIMIT_EXPR_EVALUATE_DEPTH 8

/* A step is an instruction, WEIR_LIMIT_EXPR_STEP_BYTES bytes of text that a function reads, or a
 * try of a regular expression: about 40 ns at most, so that an evaluation ends within 10 ms. */
#define WEIR_LIMIT_EXPR_STEPS      200000
#define WEIR_LIMIT_EXPR_STEP_BYTES 16

/* One text that an evaluation makes, and all of them: attributes are no place for content. */
#define WEIR_LIMIT_EXPR_TEXT  (1024 * 1024)
#define WEIR_LIMIT_EXPR_TEXTS (4 * 1024 * 1024)

/* A regular expression in an expression; longer ones belong into a processor. */
#define WEIR_LIMIT_REGEX_PATTERN 4096

/* Groups in groups, and classes in classes. */
#define WEIR_LIMIT_REGEX_DEPTH 50

/* Tries from one start position, backtracking points at once and their memory, for PCRE2. That
 * (a+)+$ fails takes 100,000 tries and 1 ms; a group that is repeated for each byte of a text of
 * 10,000 needs as many points. */
#define WEIR_LIMIT_REGEX_MATCH     100000
#define WEIR_LIMIT_REGEX_BACKTRACK 10000
#define WEIR_LIMIT_REGEX_HEAP      (20 * 1024 * 1024)

/* A pattern for dates is a line. */
#define WEIR_LIMIT_EXPR_DATE_PATTERN 1000

/* JSON in an attribute: what reads and writes it recurses. */
#define WEIR_LIMIT_EXPR_JSON_DEPTH 200

/* Steps of a JSONPath, and filters in filters. */
#define WEIR_LIMIT_EXPR_PATH_STEPS 100
#define WEIR_LIMIT_EXPR_PATH_DEPTH 20

/* Passwords, tokens and private keys are far shorter. */
#define WEIR_LIMIT_SECRET_BYTES (64 * 1024)

/* Shorter secrets are in too many words by chance to be hidden in messages; and lines of a secret
 * that has several, such as "-----" around a key. */
#define WEIR_LIMIT_MASK_LEAST 6
#define WEIR_LIMIT_MASK_LINE  16

/* Keys with which secrets are encrypted: one, and the one before it while keys are changed. */
#define WEIR_LIMIT_KEYS           16
#define WEIR_LIMIT_KEY_FILE_BYTES (64 * 1024)

/* Elements in elements of a flow file: a group takes one, its parts three more; the rest is for
 * what others put into it. libxml2 stops at 256 by itself. */
#define WEIR_LIMIT_XML_DEPTH 200

/* JSON from outside: what reads and frees it recurses, and nobody writes more. */
#define WEIR_LIMIT_JSON_DEPTH 64

/* Values in one text of JSON, some 100 bytes of memory each: a batch of 10,000 operations has less
 * than a tenth of them. */
#define WEIR_LIMIT_JSON_VALUES 1000000

/* Operations of one edit: a gesture that moves everything there is. Each costs some microseconds.
 */
#define WEIR_LIMIT_EDITS 50000u

/* Problems told of one flow: nobody reads more before correcting these. */
#define WEIR_LIMIT_PROBLEMS 1000

/* Part of a message about a flow: it may quote whatever stands in the file. */
#define WEIR_LIMIT_MESSAGE 1000

/* A message must stay readable, whatever text it quotes. */
#define WEIR_LIMIT_QUOTE 300

/* Attribute names kept for the life of the process. Real flows use hundreds; names made from data
 * (headers, columns, keys of a map) could be without end, and beyond this they are stored with
 * each FlowFile. 16 bits hold their numbers. */
#define WEIR_LIMIT_NAMES 65536

/* Longer names are not worth keeping for ever: 65536 of these are 16 MiB. */
#define WEIR_LIMIT_NAME_KEPT 255

/* Attribute names that have a number in a data directory; each is in every manifest. A name has one
 * form for as long as the directory lives, so the first to come get the numbers, none longer than
 * WEIR_LIMIT_NAME_KEPT; later ones stand in each entry that has them. */
#define WEIR_LIMIT_DICTIONARY 65536

/* Digits of a number with a unit: more than a 64-bit value can need is a mistake. */
#define WEIR_LIMIT_UNIT_DIGITS 20

/* What an arena keeps at a reset: a session that needed more is rare, and its memory is better
 * given back. */
#define WEIR_LIMIT_ARENA_KEPT (1024 * 1024)

/* One step of a copy by read and write: of 64 KiB to 1 MiB the fastest, because it fits into the
 * second cache of a processor. */
#define WEIR_LIMIT_COPY_BUFFER (256 * 1024)

/* Content up to this size lives in memory: copying it costs less than a system call or a page
 * fault, and it is small enough to share one write with its FlowFile. */
#define WEIR_LIMIT_CONTENT_INLINE (8 * 1024)

/* All small contents together: what comes beyond goes to a file, too, or a long queue of them would
 * be the memory of the process. 2,000 files of 8 KiB; who keeps up never comes near. Those of less
 * than half a sector stay: their FlowFiles take about as much. */
#define WEIR_LIMIT_CONTENT_MEMORY (16 * 1024 * 1024)
#define WEIR_LIMIT_CONTENT_TINY   (2 * 1024)

/* Content up to this size shares a claim segment with others; larger content has its own file, so
 * that its space is free as soon as nobody needs it. */
#define WEIR_LIMIT_CONTENT_SHARED (1024 * 1024)

/* A claim segment takes nothing more beyond this: it bounds the space that one long-lived claim can
 * hold back. */
#define WEIR_LIMIT_CONTENT_SEGMENT (16 * 1024 * 1024)

/* The text of one property. Scripts and templates are some kilobytes; what is larger belongs in a
 * file that the property names. */
#define WEIR_LIMIT_PROPERTY_BYTES (1024u * 1024)

/* Tables of a module: its properties, relationships, allowed values, processors. The largest real
 * one has some dozens; one without its end must not be walked through all memory. */
#define WEIR_LIMIT_DESCRIPTOR_ROWS 1000u

/* One row of such a table, in bytes: a hundred pointers are more than versions to come will add. */
#define WEIR_LIMIT_DESCRIPTOR_STRUCT 1024u

/* The state struct of a processor: it holds settings; buffers are allocated in on_scheduled. */
#define WEIR_LIMIT_STATE_BYTES (1024u * 1024)

/* The index of a module directory: 10,000 types are 200 KiB. */
#define WEIR_LIMIT_MODULE_INDEX_BYTES (1024u * 1024)

/* The attributes of one FlowFile, which all are in memory: what is larger is content. */
#define WEIR_LIMIT_ATTRIBUTES (16u * 1024 * 1024)

/* Bulletins that are kept for who asks later. */
#define WEIR_LIMIT_BULLETINS 1000

/* Threads that run processors; more than a large machine has cores only get in each other's way. */
#define WEIR_LIMIT_WORKERS 256

/* One file of the log: large enough that beginning one is rare, small enough that what one content
 * holds back is little. Part of the format. */
#define WEIR_LIMIT_SEGMENT (64u * 1024 * 1024)

/* The first segment of a run is so much smaller: 1 MiB. */
#define WEIR_LIMIT_SEGMENT_PART 64

/* Released segments that wait to be written over, which is faster than making new ones: the log
 * needs one at a time, and a checkpoint releases several at once. */
#define WEIR_LIMIT_SEGMENTS_KEPT 4

/* Log that stays only because of small contents in it, before it is looked at what else is there
 * that nobody needs: as much as there is between two snapshots. */
#define WEIR_LIMIT_HELD (256u * 1024 * 1024)

/* Many entries in one frame: more would not be written faster, and who waits waits longer. */
#define WEIR_LIMIT_FRAME (4u * 1024 * 1024)

/* So long a frame waits for more entries when nobody waits for it: frames are fewer, and each costs
 * about the same. What a process that is killed has then done in vain is little. */
#define WEIR_LIMIT_FRAME_USEC 3000u

/* One entry: the attributes and small contents of one session. */
#define WEIR_LIMIT_ENTRY (1024u * 1024 * 1024)

/* Ids of FlowFiles that are set aside in the log at a time. Each start begins behind those of the
 * one before; there are a thousand million times as many, and who makes a million in a second waits
 * for the disk once an hour. */
#define WEIR_LIMIT_IDS (UINT64_C (1) << 32)

/* Ids that a repair passes over: what is lost of the log may have set some aside, a thousand times.
 */
#define WEIR_LIMIT_IDS_LOST (WEIR_LIMIT_IDS * 1024)

/* Log between two snapshots: replaying it takes below a second. */
#define WEIR_LIMIT_CHECKPOINT (256u * 1024 * 1024)

/* Free space below which sources stop: what is in the flow may still grow while it is worked off, a
 * snapshot needs as much again as it replaces, and other programs want some too. On a small disk a
 * fiftieth of it. */
#define WEIR_LIMIT_RESERVE      (UINT64_C (1024) * 1024 * 1024)
#define WEIR_LIMIT_RESERVE_PART 50u

/* Bytes after which the free space is looked at again: a sixteenth of the reserve. */
#define WEIR_LIMIT_RESERVE_STEP (64u * 1024 * 1024)

/* Space that is set aside for a start on a full disk: the first segment of the log and a small
 * snapshot; twice what the snapshot takes, so that a new one can be written; and never so much that
 * people miss it. */
#define WEIR_LIMIT_BALLAST_LEAST (4 * 1024 * 1024)
#define WEIR_LIMIT_BALLAST       (64 * 1024 * 1024)

/* Memory for what has changed since the last snapshot: beyond it one is due. 200,000 FlowFiles with
 * ten attributes; writing them takes below a tenth of a second. */
#define WEIR_LIMIT_BOOK (64u * 1024 * 1024)

/* A manifest: words and component states. The largest state that real sources keep is a line for
 * each of a million files. */
#define WEIR_LIMIT_MANIFEST (1024u * 1024 * 1024)

/* Log that is folded into the book at once: most FlowFiles begin and end within it, and what ends
 * there costs little. It is read into memory. */
#define WEIR_LIMIT_BATCH (4u * 1024 * 1024)

/* So long the book stays behind, so that there are batches. */
#define WEIR_LIMIT_BATCH_MSEC 100u

/* Log that is not yet in the book: as long as it is not, what a long queue holds is in memory,
 * about twice as much. */
#define WEIR_LIMIT_LAG (128u * 1024 * 1024)

/* Contents that nothing in the flow needs any more, and as much of the log: for looking at what
 * happened, and for replaying it. */
#define WEIR_LIMIT_ARCHIVE (UINT64_C (1024) * 1024 * 1024)

/* The same, in time: a week. */
#define WEIR_LIMIT_ARCHIVE_USEC (INT64_C (7) * 24 * 3600 * 1000 * 1000)

/* Bytes of an address or of details that are kept of an event. */
#define WEIR_LIMIT_REPORT ((size_t)4096)

/* Log that provenance has not read yet: some 100 million events of a burst. Beyond it, sources
 * wait. */
#define WEIR_LIMIT_FOLLOWER (UINT64_C (4) * 1024 * 1024 * 1024)

/* Bytes of a block of provenance before it is packed, from which on it takes no event more; and the
 * most that one may have, whose last event may have all the attributes that a FlowFile can, twice.
 */
#define WEIR_LIMIT_BLOCK_FULL (1024u * 1024)
#define WEIR_LIMIT_BLOCK      (64u * 1024 * 1024)

/* Parents of one FlowFile that its birth names: a merge of a million. */
#define WEIR_LIMIT_EVENT_PARENTS 1000000u

/* FlowFiles of one lineage: what is known of each takes some twenty bytes of memory. NiFi's limit
 * is a thousand. */
#define WEIR_LIMIT_LINEAGE 1000000

/* Branches of one that is drawn as a tree, eight bytes each. */
#define WEIR_LIMIT_LINEAGE_BRANCHES 1500000

/* Memory that SQLite may take for a query; what sorts goes to disk. */
#define WEIR_LIMIT_QUERY_MEMORY (32 * 1024 * 1024)

/* One value in a query: the largest attribute fits. */
#define WEIR_LIMIT_QUERY_TEXT (17 * 1024 * 1024)

/* Events whose times are sorted at once, where clocks went back: 16 bytes each. */
#define WEIR_LIMIT_TIMELINE (512 * 1024)

/* A file of provenance: large enough that a query opens few, small enough that letting the oldest
 * one go is little of what is kept, and quick. Or a day, so that it is let go when its day has
 * come. */
#define WEIR_LIMIT_PARTITION      (UINT64_C (256) * 1024 * 1024)
#define WEIR_LIMIT_PARTITION_USEC (INT64_C (24) * 3600 * 1000000)

/* What a file of provenance has beside it, in SQLite's log, before it is brought into the file:
 * each page is there once for each transaction, so more would be written twice for nothing. */
#define WEIR_LIMIT_PARTITION_LOG (16u * 1024 * 1024)

/* What is kept of provenance if nobody says otherwise: a billion events, a month. */
#define WEIR_LIMIT_PROVENANCE      (UINT64_C (10) * 1000 * 1000 * 1000)
#define WEIR_LIMIT_PROVENANCE_USEC (INT64_C (30) * 24 * 3600 * 1000000)

/* A file of provenance is this part of all, at most, so that no more than that is let go at once.
 */
#define WEIR_LIMIT_PARTITION_PART 8u

/* After an event, until it can be found: who looks does not notice, and one transaction has the
 * events of many sessions. */
#define WEIR_LIMIT_PROVENANCE_WAIT (INT64_C (200) * 1000)

/* Blocks in one transaction: a megabyte, which takes some milliseconds. */
#define WEIR_LIMIT_PROVENANCE_BLOCKS 16u

/* Log between two moments at which provenance is brought to disk, after which segments of the log
 * can go: this part of what a file of provenance may have, which is half a segment. */
#define WEIR_LIMIT_PROVENANCE_SYNC_PART 8u

/* When provenance cannot be written: log that waits for it, until what cannot be written is given
 * up. Sources would wait at WEIR_LIMIT_FOLLOWER, and provenance is no reason for a flow to stop. */
#define WEIR_LIMIT_PROVENANCE_LAG (WEIR_LIMIT_FOLLOWER / 2)

/* At the end of a run, for what has not been recorded yet. The next start goes on with the rest. */
#define WEIR_LIMIT_PROVENANCE_END (INT64_C (10) * 1000000)

/* All the headers of a request to the control API: what programs send is below one KiB. */
#define WEIR_LIMIT_HEADERS (16u * 1024)

/* The body of a request: a batch of edits is some KiB. Flows as a whole say so in their row. */
#define WEIR_LIMIT_BODY (1024u * 1024)

/* Events of a flow that are kept for who comes again after its connection broke. */
#define WEIR_LIMIT_LIVE_EVENTS 1000u
#define WEIR_LIMIT_LIVE_BYTES  (1024u * 1024)

/* Sent to all who listen to a flow, in a second: beyond it, each update waits for more. With a
 * thousand processors that all work, ten may listen ten times a second. */
#define WEIR_LIMIT_LIVE_RATE (16u * 1024 * 1024)

/* Bulletins of one component and level, and of all, in a second, that are kept each for itself: the
 * others are counted. Nobody reads more, and each is written to disk. */
#define WEIR_LIMIT_NOTICES_EACH 20u
#define WEIR_LIMIT_NOTICES_ALL  500u

/* Bulletins that are kept, and how long. */
#define WEIR_LIMIT_NOTICES_KEPT 100000u
#define WEIR_LIMIT_NOTICES_USEC (INT64_C (30) * 24 * 3600 * 1000000)

/* Bytes of the message of a bulletin that is kept. */
#define WEIR_LIMIT_NOTICE 4096u

/* Figures of each second that are kept, in memory: ten minutes. */
#define WEIR_LIMIT_RECENT 600u

/* Figures of each minute, on disk: a month, or so much. */
#define WEIR_LIMIT_MINUTES_USEC  (INT64_C (30) * 24 * 3600 * 1000000)
#define WEIR_LIMIT_MINUTES_BYTES (UINT64_C (512) * 1024 * 1024)

/* Points of one answer about the past. */
#define WEIR_LIMIT_SERIES 50000u

/* Wrong tokens from one address in a minute, after which it waits: a person mistypes a few times,
 * and guessing is hopeless anyway; and addresses that are remembered at once, some 100 bytes each.
 */
#define WEIR_LIMIT_GUESSES  10u
#define WEIR_LIMIT_GUESSERS 4096u

/* Tokens of a server, and their file: some 300 bytes each, with many flows some KiB. */
#define WEIR_LIMIT_TOKENS           1000u
#define WEIR_LIMIT_TOKEN_FILE_BYTES (16u * 1024 * 1024)

/* Calls that wait for a thread: each has a connection; more is a server that does not keep up, and
 * who asks had better know. */
#define WEIR_LIMIT_CALLS 1024u

/* The audit: a year of it is some MB where people work, and scripts that change something each
 * second are the reason for a bound. One text of an entry: a batch of edits. Those who were
 * refused, a minute: as many as somebody reads. */
#define WEIR_LIMIT_TRAIL         (INT64_C (1024) * 1024 * 1024)
#define WEIR_LIMIT_TRAIL_TEXT    (64u * 1024)
#define WEIR_LIMIT_TRAIL_REFUSED 60u

/* The head of a request: a browser's with all its cookies is 4 KiB. Then the address in it, a verb
 * (the longest registered has 17 letters), headers, and the name in Host as DNS and a port have it.
 */
#define WEIR_LIMIT_HTTP_HEAD    (16u * 1024)
#define WEIR_LIMIT_HTTP_TARGET  (8u * 1024)
#define WEIR_LIMIT_HTTP_VERB    17u
#define WEIR_LIMIT_HTTP_HEADERS 64u
#define WEIR_LIMIT_HTTP_HOST    262u

/* Digits of the length of a chunk: 4 GiB. */
#define WEIR_LIMIT_HTTP_CHUNK_DIGITS 8u

/* What an empty buffer keeps: a usual request and its answer; more is given back, or a thousand
 * connections that once had a large one would keep all of it. */
#define WEIR_LIMIT_BUFFER_KEPT (4u * 1024)

/* Connections of a server, and of one remote address; and those beyond, which only get told. */
#define WEIR_LIMIT_HTTP_CONNECTIONS 64u
#define WEIR_LIMIT_HTTP_OF_ADDRESS  32u
#define WEIR_LIMIT_HTTP_REFUSED     16u

/* From the first moment of a connection, or the first byte of a later request, to the end of its
 * head: it is one packet, so even a bad line has time to send it again. */
#define WEIR_LIMIT_HTTP_HEAD_USEC (INT64_C (5) * 1000000)

/* A body comes with at least so many bytes in such a time: 4 KiB a second. */
#define WEIR_LIMIT_HTTP_BODY_USEC (INT64_C (5) * 1000000)
#define WEIR_LIMIT_HTTP_BODY_STEP (20u * 1024)

/* A connection without a request; one that takes nothing of its answer; one that still sends when
 * it has been refused, and how much of that is read so that it sees the refusal. */
#define WEIR_LIMIT_HTTP_IDLE_USEC   (INT64_C (75) * 1000000)
#define WEIR_LIMIT_HTTP_STALL_USEC  (INT64_C (30) * 1000000)
#define WEIR_LIMIT_HTTP_LINGER_USEC (INT64_C (2) * 1000000)
#define WEIR_LIMIT_HTTP_LINGER      (1024u * 1024)

/* A body that nobody wants and that is no longer than this is read and forgotten, which is cheaper
 * than another connection. */
#define WEIR_LIMIT_HTTP_FORGOTTEN (64u * 1024)

/* Read at once from a socket; and so much is taken from one connection, or passed on, before the
 * others have their turn. */
#define WEIR_LIMIT_HTTP_READ (64u * 1024)

/* Of a stream, what the other end has not taken: beyond it, it never will. */
#define WEIR_LIMIT_HTTP_BACKLOG (8u * 1024 * 1024)

/* What is passed on waits while so much is on its way; half of it, and it goes on. */
#define WEIR_LIMIT_HTTP_FORWARD (256u * 1024)

/* A server that says nothing for so long counts as gone; streams have a line of their own each ten
 * seconds. And one answer that is kept as a whole, and one event of a stream. */
#define WEIR_LIMIT_CLIENT_USEC (INT64_C (60) * 1000000)
#define WEIR_LIMIT_REPLY       (256u * 1024 * 1024)
#define WEIR_LIMIT_EVENT       (64u * 1024 * 1024)

/* Servers that a user knows: 100 bytes each. */
#define WEIR_LIMIT_KNOWN_SERVERS (1024u * 1024)

/* Connections to one flow host that are kept for the next request, and for how long: less than the
 * host keeps them, so that none is used at the moment of its end. */
#define WEIR_LIMIT_HTTP_POOL      16u
#define WEIR_LIMIT_HTTP_POOL_USEC (WEIR_LIMIT_HTTP_IDLE_USEC / 2)
