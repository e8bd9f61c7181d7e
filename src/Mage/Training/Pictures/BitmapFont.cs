namespace Mage.Training.Pictures;

/// <summary>
/// A small fixed-width font for chart labels: five pixels wide, seven high, an eighth row for what hangs below the
/// line. A glyph is eight digits in base 32, one per row from the top, the leftmost pixel the highest bit.
/// </summary>
public static class BitmapFont
{
    /// <summary>From one character to the next, in font pixels.</summary>
    public const int Advance = 6;

    /// <summary>Rows of a glyph.</summary>
    public const int Height = 8;

    /// <summary>Pixels in a glyph's row.</summary>
    public const int Width = 5;

    private const string Unknown = "VHHHHHV0";

    private static readonly Dictionary<char, string> Glyphs = Read(
        "A EHHVHHH0 B UHHUHHU0 C EHGGGHE0 D UHHHHHU0 E VGGUGGV0 F VGGUGGG0 G EHGNHHE0 H HHHVHHH0 I E44444E0",
        "J 72222IC0 K HIKOKIH0 L GGGGGGV0 M HRLLHHH0 N HHPLJHH0 O EHHHHHE0 P UHHUGGG0 Q EHHHLID0 R UHHUKIH0",
        "S FGGE11U0 T V4444440 U HHHHHHE0 V HHHHHA40 W HHHLLRH0 X HHA4AHH0 Y HHA44440 Z V1248GV0",
        "a 00E1FHF0 b GGUHHHU0 c 00EHGHE0 d 11FHHHF0 e 00EHVGE0 f 698S8880 g 00FHHF1E h GGUHHHH0 i 40C444E0",
        "j 2062222C k GGIKOKI0 l C44444E0 m 00QLLLL0 n 00UHHHH0 o 00EHHHE0 p 00UHHUGG q 00FHHF11 r 00MPGGG0",
        "s 00FGE1U0 t 88S88960 u 00HHHJD0 v 00HHHA40 w 00HHLLA0 x 00HA4AH0 y 00HHHF1E z 00V248V0",
        "0 EHJLPHE0 1 4C4444E0 2 EH1248V0 3 V2421HE0 4 26AIV220 5 VGU11HE0 6 68GUHHE0 7 V1248880 8 EHHEHHE0 9 EHHF12C0",
        ". 00000CC0 , 00000C48 : 0CC0CC00 - 000E0000 + 0044V440 = 00V0V000 / 122488G0 % OP248J30 ( 24888420 ) 84222480",
        "[ E88888E0 ] E22222E0 < 248G8420 > 84212480 * 04LEL400 | 44444440 _ 0000000V ' 44000000 ! 44444040 ? EH124040");

    /// <summary>Whether the glyph of a character has ink at a place.</summary>
    /// <param name="character">A character; one without a glyph is a box, a space is empty.</param>
    /// <param name="x">0 to 4 from the left.</param>
    /// <param name="y">0 to 7 from the top.</param>
    public static bool Ink(char character, int x, int y)
    {
        if (character == ' ')
        {
            return false;
        }

        var digit = Glyphs.GetValueOrDefault(character, Unknown)[y];
        var bits = digit <= '9' ? digit - '0' : digit - 'A' + 10;
        return ((bits >> (Width - 1 - x)) & 1) != 0;
    }

    /// <summary>Width of a text in font pixels.</summary>
    public static int Measure(string text) => Math.Max(0, (text.Length * Advance) - (Advance - Width));

    private static Dictionary<char, string> Read(params string[] lines) =>
        lines.SelectMany(line => line.Split(' ').Chunk(2)).ToDictionary(pair => pair[0][0], pair => pair[1]);
}
