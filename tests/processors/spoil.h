/* spoil.h: content that is lost while FlowFiles still name it.
 *
 * Thread: main. */
#pragma once

/* Cuts off the files without a name in which the engine keeps content. */
void spoil_content (void);
