"""Top-level domains by which a bare "example.org" is known to be an address.

Country codes in full; of the others those that are delegated and in use. Source: IANA root zone
database, from memory of 2026; a domain missing here is still an address when it has a protocol
and a country code or a name of the list.
"""

from __future__ import annotations

COUNTRIES = frozenset(
    """ac ad ae af ag ai al am an ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bl bm bn bo bq br bs bt bv
    bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi
    fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq
    ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mf mg mh mk
    ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn
    pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg
    th tj tk tl tm tn to tp tr tt tv tw tz ua ug uk um us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw
    한국 香港 中国 中國 台湾 台灣 新加坡 澳门 澳門 рф срб укр бел мкд мон қаз ελ ευ бг ею გე հայ भारत ভারত இந்தியா
    இலங்கை சிங்கப்பூர் భారత్ ਭਾਰਤ ભારત ଭାରତ ಭಾರತ ഭാരതം ලංකා ไทย ລາວ امارات الاردن السعودية المغرب الجزائر
    تونس مصر قطر فلسطين سورية سوريا عمان ايران پاکستان بھارت بارت سودان عراق مليسيا موريتانيا
    """.split()
)

NAMES = frozenset(
    """com org net edu gov mil int info biz name pro aero coop museum jobs mobi travel cat tel asia post xxx arpa
    app dev page web blog news media press tv radio video photo photos pics gallery art design studio music
    online site website space tech technology cloud digital software systems network services service solutions
    agency company business enterprises ventures capital finance financial bank insurance credit loan loans
    shop store market markets boutique fashion shoes clothing jewelry gift gifts florist flowers cafe bar pub
    restaurant pizza beer wine vin coffee food recipes kitchen catering
    city town paris london berlin amsterdam brussels wien hamburg koeln cologne bayern nrw saarland ruhr tirol
    alsace bzh corsica gal eus scot wales irish swiss vlaanderen gent moscow tokyo osaka nagoya kyoto okinawa
    yokohama ryukyu sydney melbourne nyc boston miami vegas quebec rio capetown durban joburg africa arab lat
    istanbul ist tatar moskva
    health healthcare doctor clinic hospital dental dentist care surgery medical pharmacy fitness yoga
    school academy college university education courses training study science engineering
    legal law lawyer attorney accountant accountants tax consulting management
    house homes home land estate properties property apartments rent rentals construction builders contractors
    garden green eco energy solar bio organic farm fishing horse dog pet pets vet
    auto autos car cars taxi limo bike boats yachts flights cruises hotel hotels holiday vacations tours voyage
    sport sports football soccer rugby golf tennis ski surf run racing game games play poker casino bet fun party
    events event tickets theater theatre film movie show live
    social community group team family kids baby love dating wedding gay lgbt
    foundation charity ngo ong gives fund fan fans club vip guru expert ninja rocks cool wtf xyz top icu one ooo
    email chat click link links website wiki zone world global international earth today life work works
    digital directory domains host hosting codes bot ai data download audio camera computer phone mobile
    plus pink red blue black gold bargains cheap deals discount sale sales auction bid bingo cash money exchange
    trade trading investments partners associates industries industrial tools parts supply supplies equipment
    support help center institute report reviews review report watch guide tips how new now
    report republican democrat vote voto army navy airforce police gmbh ltd ltda llc inc sarl srl
    google youtube gmail android chrome amazon aws apple microsoft bing azure xbox sony canon toyota honda bmw
    audi ford bnpparibas sncf leclerc total axa cern bbc mma bugatti abb aco
    公司 网络 中文网 游戏 集团 在线 商城 我爱你 移动 手机 网址 网站 机构 公益 政府 政务 餐厅 商店 みんな グーグル コム
    ポイント セール ファッション ストア クラウド アマゾン 닷컴 닷넷 삼성 орг сайт онлайн дети москва ком נט קום
    संगठन नेट कॉम คอม شبكة بازار كوم موقع
    """.split()
)


def is_tld(label: str) -> bool:
    """True if a name ends an address."""
    label = label.lower()
    return (
        label in COUNTRIES
        or label in NAMES
        or (label.startswith("xn--") and len(label) > 4)
    )


def is_country(label: str) -> bool:
    """True for a country code."""
    return label.lower() in COUNTRIES
