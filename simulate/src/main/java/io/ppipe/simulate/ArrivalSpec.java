package io.ppipe.simulate;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How requests arrive: the kind of process, without the rate, which each model has its own of. A value; its text form is
 * what {@link #parse} reads and {@code toString} writes.
 */
public sealed interface ArrivalSpec {
    /** What {@link #parse} reads, for help texts; the numbers shown are the defaults. */
    List<String> FORMS = List.of(
            "poisson",
            "gamma:cv2=4",
            "mmpp:cv2=4,period=2,share=0.2",
            "diurnal:period=15,swing=0.8",
            "cameras:fps=30,jitter=0.1",
            "azure:FILE",
            "recorded:FILE",
            "recorded-scaled:FILE");

    /** Requests come independently of each other. */
    record Poisson() implements ArrivalSpec {
        @Override
        public String toString() {
            return "poisson";
        }
    }

    /**
     * Independent gaps with a Gamma distribution, in a process that has been going on before the run begins.
     *
     * @param cv2 squared coefficient of variation of the gaps, from 0.0001 to 1000; 1 is Poisson, more is burstier, less more
     *     regular
     */
    record Gamma(double cv2) implements ArrivalSpec {
        static final Gamma DEFAULT = new Gamma(4);

        public Gamma {
            Parameters.requireInRange("cv2", cv2, 0.0001, 1000);
        }

        @Override
        public String toString() {
            return "gamma:cv2=" + Parameters.text(cv2);
        }
    }

    /**
     * A Markov-modulated Poisson process with two states: quiet times, and bursts in which the rate is higher. Both last for
     * exponentially distributed times. The mean rate is the model's, exactly.
     *
     * <p>{@code cv2} says how high bursts are: the squared coefficient of variation that gaps between requests have when many
     * requests come in a period, as with {@link Gamma}. With a share of 0.2, cv2 = 4 means bursts of 3.7 times the mean rate
     * and 0.33 times the mean rate between them; no cv2 makes bursts higher than 1 / share. {@code period} says how long they
     * last. Other than with {@link Gamma}, where a burst is over after some requests, bursts last for a time, which is what
     * fills queues: with s = share, and p and q the rates in bursts and between them as multiples of the mean, the variance of
     * the number of requests in a long time is 1 + 2 s² (1 - s)² (p - q)² · rate · period times its mean.
     *
     * @param cv2 from 1 (both states alike) to 1000
     * @param periodSeconds mean time from the beginning of one burst to that of the next, from 0.001 s to 86 400 s
     * @param share mean share of the time that is in bursts, from 0.001 to 0.999
     */
    record Mmpp(double cv2, double periodSeconds, double share) implements ArrivalSpec {
        /** Bursts of 0.4 s, many SLOs long; 15 of them in a run of 30 s. */
        static final Mmpp DEFAULT = new Mmpp(4, 2, 0.2);

        public Mmpp {
            Parameters.requireInRange("cv2", cv2, 1, 1000);
            Parameters.requireInRange("period", periodSeconds, 0.001, 86_400);
            Parameters.requireInRange("share", share, 0.001, 0.999);
        }

        /** Returns the rate in bursts, as a multiple of the mean rate; from 1 to below 1 / share. */
        public double burstRate() {
            double h = (cv2 + 1) / 2;
            double b = h + 2 * share - 1;
            return (b + Math.sqrt(Math.max(0, b * b - 4 * h * share * share))) / (2 * h * share);
        }

        /** Returns the rate between bursts, as a multiple of the mean rate; above 0 and at most 1. */
        public double quietRate() {
            return (1 - share * burstRate()) / (1 - share);
        }

        @Override
        public String toString() {
            return "mmpp:cv2=%s,period=%s,share=%s"
                    .formatted(Parameters.text(cv2), Parameters.text(periodSeconds), Parameters.text(share));
        }
    }

    /**
     * Poisson arrivals whose rate is a sine over the day, and the day is short. All models have their day at the same time; it
     * begins at the mean rate, rising. Over whole periods the mean rate is the model's; a run that ends within a period sees
     * more or less.
     *
     * @param periodSeconds length of a day, from 0.001 s to 31 536 000 s
     * @param swing highest deviation from the mean rate, as a share of it, in [0, 1]
     */
    record Diurnal(double periodSeconds, double swing) implements ArrivalSpec {
        /** Two days in a run of 30 s, four in 60 s: whole numbers, so that the mean rate is the model's. */
        static final Diurnal DEFAULT = new Diurnal(15, 0.8);

        public Diurnal {
            Parameters.requireInRange("period", periodSeconds, 0.001, 31_536_000);
            Parameters.requireInRange("swing", swing, 0, 1);
        }

        @Override
        public String toString() {
            return "diurnal:period=%s,swing=%s".formatted(Parameters.text(periodSeconds), Parameters.text(swing));
        }
    }

    /**
     * Cameras with a fixed number of frames per second, which begin at random times. A model has as many as come closest to
     * its rate, at least one, and their frames per second are adjusted so that the rate is met exactly.
     *
     * @param framesPerSecond wanted, of one camera, from 0.001 to 100 000
     * @param jitter how late a frame may be: uniformly from 0 to this share of the time between frames, in [0, 1]. The delays
     *     don't add up, and no frame overtakes another of its camera
     */
    record Cameras(double framesPerSecond, double jitter) implements ArrivalSpec {
        static final Cameras DEFAULT = new Cameras(30, 0.1);

        /** More would be a mistake, and take 32 MiB for every model. */
        private static final int MAX_CAMERAS = 1_000_000;

        public Cameras {
            Parameters.requireInRange("fps", framesPerSecond, 0.001, 100_000);
            Parameters.requireInRange("jitter", jitter, 0, 1);
        }

        /** Returns how many cameras make up a rate. */
        public int count(double ratePerSecond) {
            double count = Math.rint(ratePerSecond / framesPerSecond);
            if (count > MAX_CAMERAS) {
                throw new IllegalArgumentException("%s at %s requests per second are more than %d cameras."
                        .formatted(this, Parameters.text(ratePerSecond), MAX_CAMERAS));
            }
            return (int) Math.max(1, count);
        }

        @Override
        public String toString() {
            return "cameras:fps=%s,jitter=%s".formatted(Parameters.text(framesPerSecond), Parameters.text(jitter));
        }
    }

    /**
     * The Azure Functions trace, or one like it, folded to each model's rate; a trace that is faster than the rate is stretched
     * instead, because folding can't make it slower.
     *
     * <p>Every model gets the whole trace, rotated by a random part of the folded segment. Dealing the functions out to the
     * models instead would leave most models with next to nothing: a few functions make most of the calls. So would traces of
     * a few functions. And a model's arrivals would change with the number of models. The price is that all models have the
     * same bursts, at different times. The seed chooses the rotation, and with it the part of the segment that a short run
     * sees.
     *
     * @param file where it is from, for the text form
     * @param times of all functions together, at least one
     */
    record Azure(String file, TraceTimes times) implements ArrivalSpec {
        public Azure {
            if (times.count() == 0) {
                throw new IllegalArgumentException("azure:%s holds no invocation.".formatted(file));
            }
            times = times.since(times.micros(0));
        }

        @Override
        public String toString() {
            return "azure:" + file;
        }
    }

    /**
     * The arrivals of a recorded run, each model's own. Time begins at the first of them. No seed changes them.
     *
     * @param file where they are from, for the text form
     * @param scaled false: as they were recorded, once, whatever rate is asked for. True: folded or stretched to each model's
     *     rate, and repeated where the run is longer
     * @param models one for each model of the plan, in its order
     */
    record Recorded(String file, boolean scaled, List<TraceTimes> models) implements ArrivalSpec {
        public Recorded {
            long first = models.stream()
                    .filter(times -> times.count() > 0)
                    .mapToLong(times -> times.micros(0))
                    .min()
                    .orElse(0);
            models = models.stream().map(times -> times.since(first)).toList();
        }

        @Override
        public String toString() {
            return (scaled ? "recorded-scaled:" : "recorded:") + file;
        }
    }

    /** Reads the files that text forms name; given from outside, because nothing here does I/O. */
    interface Traces {
        /** Returns when all invocations of a trace in the Azure Functions layout started. */
        TraceTimes azure(String file);

        /** Returns when the requests of a recorded run arrived: one for each model of the plan, in its order. */
        List<TraceTimes> recorded(String file);
    }

    /**
     * Reads the text form, one of {@link #FORMS}; parameters may be left out, and stand in any order.
     *
     * @throws IllegalArgumentException when it is none, saying in one line what is wrong and what is allowed
     */
    static ArrivalSpec parse(String text, Traces traces) {
        return ArrivalSpecText.parse(text, traces);
    }

    /**
     * Reads a text form that names no file.
     *
     * @throws IllegalArgumentException when it is none, or names a file
     */
    static ArrivalSpec parse(String text) {
        return ArrivalSpecText.parse(text, ArrivalSpecText.NO_TRACES);
    }

    /**
     * Returns a run's requests. Each model has its own random stream, derived from the seed: another rate, or another model
     * behind it, changes nothing for it.
     *
     * @param sources one for each model of the plan, in its order
     * @param seconds arrivals stop after this time; above 0
     * @throws IllegalArgumentException when this knows other models, or nothing to scale to a model's rate
     */
    default Arrivals arrivals(List<ArrivalSource> sources, double seconds, long seed) {
        if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Length of the run (%s s) must be above 0.".formatted(seconds));
        }
        double endMicros = seconds * 1e6;
        var seeds = new SplittableRandom(seed);
        var processes = new ArrayList<ArrivalProcess>();
        for (int model = 0; model < sources.size(); model++) {
            var start = new ProcessStart(
                    model, sources.size(), sources.get(model).ratePerSecond(), endMicros, seeds.split());
            processes.add(start.of(this));
        }
        return new MergedArrivals(sources, processes, endMicros);
    }
}
