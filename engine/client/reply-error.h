/* reply-error.h: the error that a server has answered with, as it was there. */
#pragma once

#include "client/client.h"

/* Sets @error to what is in the body of @reply, or what its status means. Thread: any. */
void weir_reply_set_error (const WeirReply *reply, GError **error);
