package io.ppipe.profile;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/** The nodes of a file that its outputs depend on, each after those it reads from. */
final class NodeOrder {
    private NodeOrder() {}

    /** Files are meant to be in such an order already: then it stays. */
    static List<GraphNode> of(OnnxFile file) {
        var functions = new HashSet<String>();
        file.model().getFunctionsList().forEach(function -> functions.add(function.getName()));
        List<GraphNode> nodes = file.graph().getNodeList().stream()
                .map(proto -> GraphNode.of(proto, functions))
                .toList();
        return live(file, sorted(file, nodes));
    }

    private static List<GraphNode> sorted(OnnxFile file, List<GraphNode> nodes) {
        Map<String, Integer> makers = makers(nodes);
        Set<String> given = file.initialisers();
        file.graph().getInputList().forEach(input -> given.add(input.getName()));
        int[] missing = new int[nodes.size()];
        List<List<Integer>> readers = new ArrayList<>();
        nodes.forEach(node -> readers.add(new ArrayList<>()));
        var ready = new PriorityQueue<Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String read : nodes.get(i).reads()) {
                Integer maker = makers.get(read);
                if (maker != null) {
                    readers.get(maker).add(i);
                    missing[i]++;
                } else if (!given.contains(read)) {
                    throw file.bad("%s reads %s, which nothing makes. Check the model with onnx.checker.check_model."
                            .formatted(nodes.get(i).description(), read));
                }
            }
            if (missing[i] == 0) {
                ready.add(i);
            }
        }
        var sorted = new ArrayList<GraphNode>();
        while (!ready.isEmpty()) {
            int next = ready.remove();
            sorted.add(nodes.get(next));
            for (int reader : readers.get(next)) {
                if (--missing[reader] == 0) {
                    ready.add(reader);
                }
            }
        }
        if (sorted.size() < nodes.size()) {
            throw file.bad(
                    "its nodes depend on each other in a circle. Check the model with onnx.checker.check_model.");
        }
        return sorted;
    }

    private static List<GraphNode> live(OnnxFile file, List<GraphNode> nodes) {
        Map<String, Integer> makers = makers(nodes);
        boolean[] needed = new boolean[nodes.size()];
        var open = new ArrayDeque<String>();
        file.graph().getOutputList().forEach(output -> open.add(output.getName()));
        while (!open.isEmpty()) {
            Integer maker = makers.get(open.remove());
            if (maker != null && !needed[maker]) {
                needed[maker] = true;
                open.addAll(nodes.get(maker).reads());
            }
        }
        var live = new ArrayList<GraphNode>();
        for (int i = 0; i < nodes.size(); i++) {
            if (needed[i]) {
                live.add(nodes.get(i));
            }
        }
        return live;
    }

    private static Map<String, Integer> makers(List<GraphNode> nodes) {
        var makers = new HashMap<String, Integer>();
        for (int i = 0; i < nodes.size(); i++) {
            for (String made : nodes.get(i).makes()) {
                makers.put(made, i);
            }
        }
        return makers;
    }
}
