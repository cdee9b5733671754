/** Open-loop load generator and its report; a client, knows only the protocol. */
@NullMarked
package io.ppipe.load;

import org.jspecify.annotations.NullMarked;
