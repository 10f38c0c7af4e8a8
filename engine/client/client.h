/* client.h: asks a server or a flow host. The command line and the designer know nothing else of
 * it.
 *
 * Thread: one at a time. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

typedef struct WeirClient WeirClient;

/* @where: the path of a Unix socket, a data directory with a control.sock in it, or
 * "https://host:port", with "#sha256:FINGERPRINT" of its certificate behind it the first time;
 * NULL: that of WEIR_SOCKET, of this user, or of the machine. @token: (nullable) for https.
 * Returns: (transfer full): NULL with @error, which says how to start one. */
WeirClient *weir_client_new (const char *where, const char *token, GError **error);
void weir_client_free (WeirClient *client);

typedef struct {
  int status;
  char *type;
  char *etag; /* nullable */
  GBytes *body;
} WeirReply;

/* Asks and waits. An answer of 400 and more is an error with the message of the server.
 * @body: (nullable); @type: of it. */
bool weir_client_ask (WeirClient *client, const char *verb, const char *path, const char *type,
                      GBytes *body, WeirReply *ret_reply, GError **error);
void weir_reply_clear (WeirReply *reply);

/* The same, JSON both ways. Returns: (transfer full). */
JsonNode *weir_client_ask_json (WeirClient *client, const char *verb, const char *path,
                                JsonNode *body, GError **error);

/* Gets an answer in pieces as they come, such as events, until @func returns false or it ends. */
typedef bool (*WeirClientFunc) (void *data, const char *bytes, size_t size, GError **error);
bool weir_client_listen (WeirClient *client, const char *path, WeirClientFunc func, void *data,
                         GError **error);

/* The same with @last_id (nullable) as Last-Event-ID: events.h follows with it. */
bool weir_client_listen_from (WeirClient *client, const char *path, const char *last_id,
                              WeirClientFunc func, void *data, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirClient, weir_client_free)
