/* server-config.h: what `weir serve` is told by its file, by its command line and by systemd; all
 * of it has defaults.
 *
 * Thread: any; immutable once loaded. */
#pragma once

#include "control/identity.h"

#include <sys/types.h>

typedef struct {
  char *data_dir;    /* a data directory for each flow in it, and what the server keeps itself */
  char *flow_dir;    /* the flow files: NAME.xml */
  char *socket;      /* path of the Unix socket */
  char *listen;      /* "HOST:PORT"; NULL: no TCP */
  char *certificate; /* PEM; NULL: one is made in data_dir, as is key */
  char *key;
  char *client_ca; /* NULL: clients need no certificate */
  GStrv hosts;     /* that Host may name beside localhost and this machine's name; NULL: none */
  GStrv origins;   /* that Origin may name; NULL: none */
  bool is_one_process;
  unsigned workers;   /* of each flow; 0: one a core */
  char *key_file;     /* of secrets; NULL: the usual one */
  GHashTable *users;  /* name of a user to WeirUserRole */
  GHashTable *groups; /* name of a group to WeirUserRole */
} WeirServerConfig;

/* @path: of the file; NULL: weir.conf of the configuration that systemd gives a service, if it is
 * there. @data_dir: wins over the file; NULL: it does not. What is not known there is an error,
 * which says where. Returns: (transfer full): NULL with @error. */
WeirServerConfig *weir_server_config_load (const char *path, const char *data_dir, GError **error);
void weir_server_config_free (WeirServerConfig *config);

/* What @uid may do at the Unix socket: the user of this process and root all, others what the file
 * says of them or of their groups; the most of it. */
WeirUserRole weir_server_config_get_role (const WeirServerConfig *config, uid_t uid, gid_t gid,
                                          char **ret_name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WeirServerConfig, weir_server_config_free)
