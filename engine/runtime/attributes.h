/* attributes.h: the attributes of a FlowFile, one block of memory that FlowFiles share.
 *
 * A block with more than one reference never changes: set and remove copy it first. Names are
 * interned, so that a block holds four bytes for a name; values are stored in it, NUL-terminated.
 *
 * Thread: any for reading and counting references; a block with one reference belongs to the
 * thread that holds it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct WeirAttributes WeirAttributes;

/* Both take NULL, the block without attributes. Returns: (transfer full) (nullable). */
WeirAttributes *weir_attributes_ref (WeirAttributes *attributes);
void weir_attributes_unref (WeirAttributes *attributes);

/* Returns: (transfer none) (nullable). */
const char *weir_attributes_get (const WeirAttributes *attributes, const char *name);

size_t weir_attributes_get_n (const WeirAttributes *attributes);
void weir_attributes_get_nth (const WeirAttributes *attributes, size_t index, const char **ret_name,
                              const char **ret_value);

/* Memory of the block. */
size_t weir_attributes_get_bytes (const WeirAttributes *attributes);

/* Changes the block behind *@attributes, or puts a changed copy there. The block that was left goes
 * to @ret_old (transfer full) (nullable): somebody may still look at values in it, and @value may
 * be one of them.
 * Returns: false when it would grow beyond WEIR_LIMIT_ATTRIBUTES; nothing has changed then. */
bool weir_attributes_set (WeirAttributes **attributes, const char *name, const char *value,
                          WeirAttributes **ret_old);
bool weir_attributes_set_many (WeirAttributes **attributes, const char *const *names,
                               const char *const *values, size_t n, WeirAttributes **ret_old);
/* One attribute as a data directory has it. */
typedef struct {
  uint32_t id;      /* of the name in this process (base/names.h), or WEIR_NAME_NONE */
  const char *name; /* of one without an id; not NUL-terminated, as is the value */
  size_t name_size;
  const char *value;
  size_t size; /* of the value */
} WeirAttributeText;

/* A block with @n attributes whose names all differ. It may take twice WEIR_LIMIT_ATTRIBUTES:
 * another process may have kept names that stand in the block here.
 * Returns: (transfer full) (nullable): NULL for none, and with *@ret_failed for too many. */
WeirAttributes *weir_attributes_build (const WeirAttributeText *texts, size_t n, bool *ret_failed);

void weir_attributes_remove (WeirAttributes **attributes, const char *name,
                             WeirAttributes **ret_old);

/* Gives back room that was kept for further changes. */
void weir_attributes_trim (WeirAttributes **attributes);

/* What @a and @b agree on. Returns: (transfer full) (nullable). */
WeirAttributes *weir_attributes_intersect (WeirAttributes *a, WeirAttributes *b);

/* One difference between two blocks. */
typedef struct {
  uint32_t id;       /* of the name in this process (base/names.h), or WEIR_NAME_NONE */
  const char *name;  /* in the block that has it, as is the value */
  const char *value; /* NULL: @to does not have it */
} WeirAttributeChange;

/* What makes @from into @to. @is_made_from: @to was @from, had references to that been held ever
 * since, and was changed by the functions above only: then there is less to compare.
 * @ret_changes has room for the attributes of both. Returns: how many; those without a value come
 * last. */
size_t weir_attributes_diff (const WeirAttributes *from, const WeirAttributes *to,
                             bool is_made_from, WeirAttributeChange *ret_changes);
