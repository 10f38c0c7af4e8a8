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

/* Passwords, tokens and private keys are far shorter. */
#define WEIR_LIMIT_SECRET_BYTES (64 * 1024)
