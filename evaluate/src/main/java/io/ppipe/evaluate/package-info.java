/** What a plan serves at its SLO target, by simulation; and plans chosen by what they serve. */
@NullMarked
package io.ppipe.evaluate;

import org.jspecify.annotations.NullMarked;
