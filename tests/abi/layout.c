/* layout.c: the public structs as modules compiled against 1.0 know them.
 *
 * A struct grows at its end only: then one SIZE line changes and lines are added, in the commit
 * that raises WEIR_ABI_MINOR. Any other change here breaks modules that people have built. */
#include <weir/cache.h>
#include <weir/http.h>
#include <weir/weir.h>

#define SIZE(Struct, size) \
  _Static_assert(sizeof (Struct) == (size), #Struct " has another size: did it grow at its end?")
#define AT(Struct, field, at) \
  _Static_assert(offsetof (Struct, field) == (at), #Struct "." #field " has moved")
#define VALUE(name, value) _Static_assert((name) == (value), #name " has another value")

VALUE (WEIR_ABI_MAJOR, 1u);
VALUE (WEIR_ABI_MINOR, 0u);
VALUE (WEIR_MODULE_MAGIC, 0x52494557u);
VALUE (WEIR_UUID_SIZE, 37);

SIZE (WeirDynamicValue, 24);
AT (WeirDynamicValue, name, 0);
AT (WeirDynamicValue, text, 8);
AT (WeirDynamicValue, expr, 16);

SIZE (WeirExprView, 24);
AT (WeirExprView, lookup, 0);
AT (WeirExprView, escape, 8);
AT (WeirExprView, data, 16);

SIZE (WeirBytes, 16);
AT (WeirBytes, data, 0);
AT (WeirBytes, size, 8);

SIZE (WeirSize, 8);
AT (WeirSize, bytes, 0);

SIZE (WeirDuration, 8);
AT (WeirDuration, usec, 0);

SIZE (WeirChoice, 4);
AT (WeirChoice, index, 0);

SIZE (WeirAllowed, 16);
AT (WeirAllowed, value, 0);
AT (WeirAllowed, description, 8);

SIZE (WeirProperty, 96);
AT (WeirProperty, name, 0);
AT (WeirProperty, description, 8);
AT (WeirProperty, type, 16);
AT (WeirProperty, offset, 24);
AT (WeirProperty, default_value, 32);
AT (WeirProperty, example, 40);
AT (WeirProperty, allowed, 48);
AT (WeirProperty, validate, 56);
AT (WeirProperty, minimum, 64);
AT (WeirProperty, maximum, 72);
AT (WeirProperty, hint, 80);
AT (WeirProperty, required, 84);
AT (WeirProperty, sensitive, 85);
AT (WeirProperty, interface, 88);

SIZE (WeirService, 16);
AT (WeirService, methods, 0);
AT (WeirService, state, 8);

SIZE (WeirCacheValue, 24);
AT (WeirCacheValue, value, 0);
AT (WeirCacheValue, revision, 8);
AT (WeirCacheValue, written, 16);

SIZE (WeirCacheMethods, 40);
AT (WeirCacheMethods, struct_size, 0);
AT (WeirCacheMethods, get, 8);
AT (WeirCacheMethods, put, 16);
AT (WeirCacheMethods, remove, 24);
AT (WeirCacheMethods, list, 32);

VALUE (WEIR_CACHE_DONE, 0);
VALUE (WEIR_CACHE_ABSENT, 1);
VALUE (WEIR_CACHE_CONFLICT, 2);
VALUE (WEIR_CACHE_BUSY, 3);
VALUE (WEIR_CACHE_FAILED, 4);

SIZE (WeirHttpHeader, 16);
AT (WeirHttpHeader, name, 0);
AT (WeirHttpHeader, value, 8);

SIZE (WeirHttpRequest, 88);
AT (WeirHttpRequest, struct_size, 0);
AT (WeirHttpRequest, method, 8);
AT (WeirHttpRequest, url, 16);
AT (WeirHttpRequest, headers, 24);
AT (WeirHttpRequest, n_headers, 32);
AT (WeirHttpRequest, on_read, 40);
AT (WeirHttpRequest, on_rewind, 48);
AT (WeirHttpRequest, size, 56);
AT (WeirHttpRequest, on_header, 64);
AT (WeirHttpRequest, on_write, 72);
AT (WeirHttpRequest, data, 80);

SIZE (WeirHttpResponse, 32);
AT (WeirHttpResponse, status, 0);
AT (WeirHttpResponse, url, 8);
AT (WeirHttpResponse, received, 16);
AT (WeirHttpResponse, usec, 24);

SIZE (WeirHttpMethods, 16);
AT (WeirHttpMethods, struct_size, 0);
AT (WeirHttpMethods, request, 8);

SIZE (WeirRelationship, 16);
AT (WeirRelationship, name, 0);
AT (WeirRelationship, description, 8);

SIZE (WeirAttributeDoc, 16);
AT (WeirAttributeDoc, name, 0);
AT (WeirAttributeDoc, description, 8);

SIZE (WeirDynamic, 32);
AT (WeirDynamic, name, 0);
AT (WeirDynamic, value, 8);
AT (WeirDynamic, description, 16);
AT (WeirDynamic, no_expressions, 24);
AT (WeirDynamic, may_be_secret, 25);

SIZE (WeirProcessor, 192);
AT (WeirProcessor, struct_size, 0);
AT (WeirProcessor, property_size, 4);
AT (WeirProcessor, relationship_size, 8);
AT (WeirProcessor, allowed_size, 12);
AT (WeirProcessor, attribute_size, 16);
AT (WeirProcessor, dynamic_size, 20);
AT (WeirProcessor, name, 24);
AT (WeirProcessor, summary, 32);
AT (WeirProcessor, description, 40);
AT (WeirProcessor, tags, 48);
AT (WeirProcessor, input, 56);
AT (WeirProcessor, role, 60);
AT (WeirProcessor, threading, 64);
AT (WeirProcessor, properties, 72);
AT (WeirProcessor, n_properties, 80);
AT (WeirProcessor, relationships, 88);
AT (WeirProcessor, n_relationships, 96);
AT (WeirProcessor, reads, 104);
AT (WeirProcessor, n_reads, 112);
AT (WeirProcessor, writes, 120);
AT (WeirProcessor, n_writes, 128);
AT (WeirProcessor, dynamic, 136);
AT (WeirProcessor, side_effects, 144);
AT (WeirProcessor, any_destination, 145);
AT (WeirProcessor, state_size, 152);
AT (WeirProcessor, on_configure, 160);
AT (WeirProcessor, on_scheduled, 168);
AT (WeirProcessor, on_trigger, 176);
AT (WeirProcessor, on_stopped, 184);

SIZE (WeirServiceType, 128);
AT (WeirServiceType, struct_size, 0);
AT (WeirServiceType, property_size, 4);
AT (WeirServiceType, allowed_size, 8);
AT (WeirServiceType, dynamic_size, 12);
AT (WeirServiceType, name, 16);
AT (WeirServiceType, summary, 24);
AT (WeirServiceType, description, 32);
AT (WeirServiceType, tags, 40);
AT (WeirServiceType, interface, 48);
AT (WeirServiceType, methods, 56);
AT (WeirServiceType, properties, 64);
AT (WeirServiceType, n_properties, 72);
AT (WeirServiceType, dynamic, 80);
AT (WeirServiceType, state_size, 88);
AT (WeirServiceType, on_configure, 96);
AT (WeirServiceType, on_enabled, 104);
AT (WeirServiceType, on_disabled, 112);
AT (WeirServiceType, on_verify, 120);

SIZE (WeirModule, 48);
AT (WeirModule, magic, 0);
AT (WeirModule, abi_major, 4);
AT (WeirModule, abi_minor, 6);
AT (WeirModule, struct_size, 8);
AT (WeirModule, name, 16);
AT (WeirModule, version, 24);
AT (WeirModule, processors, 32);
AT (WeirModule, services, 40);

SIZE (WeirModuleNote, 28);
AT (WeirModuleNote, name_size, 0);
AT (WeirModuleNote, data_size, 4);
AT (WeirModuleNote, type, 8);
AT (WeirModuleNote, name, 12);
AT (WeirModuleNote, magic, 20);
AT (WeirModuleNote, abi_major, 24);
AT (WeirModuleNote, abi_minor, 26);

VALUE (WEIR_ERROR_FAILED, 0);
VALUE (WEIR_ERROR_INVALID, 1);
VALUE (WEIR_ERROR_NOT_FOUND, 2);
VALUE (WEIR_ERROR_PERMISSION, 3);
VALUE (WEIR_ERROR_EXISTS, 4);
VALUE (WEIR_ERROR_LIMIT, 5);
VALUE (WEIR_ERROR_IO, 6);
VALUE (WEIR_ERROR_CORRUPT, 7);
VALUE (WEIR_ERROR_UNSUPPORTED, 8);

VALUE (WEIR_LOG_DEBUG, 0);
VALUE (WEIR_LOG_INFO, 1);
VALUE (WEIR_LOG_WARNING, 2);
VALUE (WEIR_LOG_ERROR, 3);

VALUE (WEIR_TYPE_NONE, 0);
VALUE (WEIR_TYPE_BOOL, 1);
VALUE (WEIR_TYPE_INTEGER, 2);
VALUE (WEIR_TYPE_NUMBER, 3);
VALUE (WEIR_TYPE_STRING, 4);
VALUE (WEIR_TYPE_SIZE, 5);
VALUE (WEIR_TYPE_DURATION, 6);
VALUE (WEIR_TYPE_CHOICE, 7);
VALUE (WEIR_TYPE_EXPRESSION, 8);
VALUE (WEIR_TYPE_SERVICE, 9);

VALUE (WEIR_HINT_NONE, 0);
VALUE (WEIR_HINT_FILE, 1);
VALUE (WEIR_HINT_DIRECTORY, 2);
VALUE (WEIR_HINT_REGEX, 3);
VALUE (WEIR_HINT_TEXT, 4);
VALUE (WEIR_HINT_CHARSET, 5);

VALUE (WEIR_INPUT_REQUIRED, 0);
VALUE (WEIR_INPUT_ALLOWED, 1);
VALUE (WEIR_INPUT_FORBIDDEN, 2);

VALUE (WEIR_TRANSFORM, 0);
VALUE (WEIR_SOURCE, 1);
VALUE (WEIR_SINK, 2);

VALUE (WEIR_SERIAL, 0);
VALUE (WEIR_CONCURRENT, 1);
