/* mutant.h: mistakes that the tests of durability must find, each in the one place where it would
 * be made. In a build that is used there is nothing of them; with WEIR_MUTANTS (tests/crash) the
 * environment variable WEIR_MUTANT chooses one.
 *
 *   1  a frame is not synced                       2  it counts as durable before it is
 *   3  a new segment and its name are not synced   4  checksums of frames are not compared
 *   5  a snapshot is not synced                    6  nor is its name, before the old one goes
 *   7  a sink does not sync (property of the flow) 8  what recovery has read is not synced
 *   9  the numbers of segments and places of frames are not compared
 *   10 what a run that synced nothing has left in contents is not brought to disk
 *   11 the log does not wait for who follows it   12 who follows it sees what is not durable */
#pragma once

#ifdef WEIR_MUTANTS
#include <stdbool.h>
#include <stdlib.h>

static inline bool
weir_mutant_is (int number)
{
  const char *text = getenv ("WEIR_MUTANT");

  return text != NULL && atoi (text) == number;
}

#define WEIR_MUTANT(number) weir_mutant_is (number)
#else
#define WEIR_MUTANT(number) false
#endif
