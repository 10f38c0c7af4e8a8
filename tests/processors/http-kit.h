/* http-kit.h: an HttpClient and a request of it, for tests. */
#pragma once

#include "http-server.h"
#include "service-kit.h"

#include <weir/http.h>

typedef struct {
  ServiceKit kit;
  const WeirService *service; /* from the first request on */
  GString *requests;          /* of the answering server, one after the other */
  unsigned n_requests;
  /* Of the request that is made. */
  const char *body; /* NULL: none */
  size_t sent;
  GString *headers;
  GString *answer;
} HttpKit;

void set_up (HttpKit *self, const void *data);
void tear_down (HttpKit *self, const void *data);

/* Sends self->body, three bytes at a time. */
ssize_t on_read (void *data, void *buffer, size_t size, GError **error);

bool ask_with (HttpKit *self, const WeirHttpRequest *request, WeirHttpResponse *ret_response,
               GError **error);

/* Returns: the status. */
int must_ask (HttpKit *self, const char *method, const char *url);
void must_fail (HttpKit *self, const char *url, WeirError code, const char *part);

void assert_has (const GString *text, const char *part);

/* For answers of a server whose data is the kit: */
void note (HttpKit *self, const char *request);

/* Returns: (transfer full). */
char *answer_fine (void *data, const char *request);
