import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** ULIDs in the shapes of Java. */
public class Main {
    static class Record {
        String id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    }

    record Pair(long hi, long lo) {}

    public static void main(String[] arguments) {
        String text = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        String prefixed = "user_01ARZ3NDEKTSV4RRFFQ69G5FAV";
        String lower = "01arz3ndektsv4rrffq69g5fav";
        Object any = text;
        UUID uuidId = UUID.fromString("01563e3a-b5d3-d676-4c61-efb99302bd5b");
        BigInteger numberId = new BigInteger("1777027686520646174104517696511196507");
        Pair pairId = new Pair(0x01563e3ab5d3d676L, 0x4c61efb99302bd5bL);
        Optional<String> optional = Optional.of(text);
        StringBuilder built = new StringBuilder(text);
        byte[] rawId = ByteBuffer.allocate(16).putLong(pairId.hi()).putLong(pairId.lo()).array();
        char[] letters = text.toCharArray();
        List<String> listed = List.of(text, "other");
        Map<String, Integer> byId = new HashMap<>(Map.of(text, 5));
        Record rec = new Record();
        String plain = "hello";
        String total = text;
        System.out.println(plain + total); // break here
        System.out.println(prefixed + lower + any + uuidId + numberId + pairId + optional + built + rawId.length + letters.length + listed + byId + rec.id);
    }
}
