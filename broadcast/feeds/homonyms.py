"""Names that several communes of France have, and those that are also a common word. Pure data.

A town of such a name is not recognised by the name alone: 1,725 names, as `places` compares them (no accent, one space).

Source: INSEE, code officiel géographique 2026 (communes, delegated and associated ones), through
@etalab/decoupage-administratif 6.0.0, Licence Ouverte, read 2026-11-29.
"""

from __future__ import annotations

#: Communes whose name says something else first.
_WORDS = frozenset({"mer", "eu", "plaine", "la plaine", "montagne", "la montagne", "port", "le port", "y", "bois", "le bois"})
_SEVERAL = """
abancourt|abbecourt|aboncourt|abzac|acheres|acqueville|agnieres|aiglun|aigne|aigre|aigremont|aigueperse|aigues vives|ainvelle|
airvault|alaincourt|albas|albiac|allainville|allemant|alleyrat|allonne|allonnes|allons|ally|alos|amance|ambleville|
amfreville les champs|amilly|anais|ancerville|anche|andilly|angerville|angles|angliers|annay|annecy|antignac|antigny|antilly|
antras|apremont|arcay|arcey|arches|arcon|ardon|argelos|armancourt|arpheuilles|arques|arry|ars|artigues|artix|arue|arville|
asnois|aspach|aspremont|asques|assigny|athee|athie|athies|attigny|aube|auberive|aubiac|aubigne|aubigny|aubin|aubusson|
aucamville|audierne|auge|augy|aujac|aulnay|aulon|aumont|aureilhan|aurel|aurensan|auriac|auterive|auteuil|authie|authon|
authon du perche|autreville|autrey|auvers|auxon|auxy|avancon|aveze|avillers|avoine|avon|avrainville|avricourt|avrille|avrilly|
aze|azerat|bages|bagneux|bagnols|baigneaux|bailleul|bailly|bais|balan|bannay|bannes|barbery|barby|barges|barjac|barly|baron|
bars|barsac|barville|bassens|batilly|baubigny|baudrecourt|baudreville|baugy|bay|baye|bazancourt|bazeilles|beaucaire|
beauchamps|beauchene|beaufort|beaujeu|beaulieu|beaulieu sur dordogne|beaumesnil|beaumont|beaumont pied de boeuf|beaune|
beaupuy|beauregard|beaurepaire|beaurieux|beauvallon|beauville|beauvilliers|beauvoir|beauvoisin|becquigny|bedeille|belcastel|
belesta|belleau|bellefond|bellefontaine|bellegarde|bellengreville|belleville|belmont|belval|belvezet|benac|benouville|beon|
berlancourt|bernac|berneuil|bernwiller|besse|bethon|bethonvilliers|beuvillers|bey|beynes|bezac|bias|bierne|bievres|billy|
birac|biron|bitry|bize|blacy|blaise|blamont|blandy|blanot|blanquefort|blanzac|blecourt|blemerey|bligny|bois d arcy|
bois le roi|boisemont|boismont|boisset|boissey|boissieres|boitron|bolleville|bompas|boncourt|bonnac|bonnay|bonnes|bonneuil|
bonneval|bonnevaux|bonneville|bonnieres|bonson|boos|bordes|borne|bouce|bouillac|bouilly|bourg|bourgneuf|bournazel|bours|
boussac|boussay|bousse|bouville|bouvron|bouxwiller|boyer|brainville|branne|brassac|brassy|braux|brax|bray|brece|brecy|brens|
bressolles|bretagne|breteuil|bretigny|breuillet|brevillers|briaucourt|brie|brignac|brinay|brion|brognon|brousse|broyes|buc|
buchy|buhl|bully|burcy|bure|bures|bussieres|bussy|bussy la pesle|bussy le repos|buthiers|buxerolles|buxeuil|buzancy|cabanes|
cabrieres|cagny|cahuzac|cales|callian|calmont|cambes|camon|campagnac|campagne|campeaux|campigny|canapville|canchy|canet|
canisy|canteloup|caro|cassagnes|cassagnoles|castagnede|castanet|castelnau montratier|castex|castillon|castres|caubous|caumont|
caurel|cazalis|cazals|cazilhac|celles|celles sur belle|cellettes|cerdon|cerilly|cernay|cernon|cervieres|cescau|cezac|chagny|
chailloue|chalais|chalus|chamboeuf|chambois|chambon|chambord|chambry|champagnac|champagnat|champagne|champagney|champeaux|
champfleury|champignolles|champigny|champlin|champniers|champs|champvans|change|changy|chanteloup|chappes|charbonnieres|
charencey|charentenay|charleval|charly|charmes|charmoille|charmois|charmont|charmoy|charnay|charny|charron|charroux|
chassagnes|chasselay|chassignolles|chassy|chateaubourg|chateaudouble|chateaufort|chateaugiron|chateauneuf|chateauvieux|
chatelneuf|chatelus|chatenay|chatenois|chatenoy|chatillon|chatillon en diois|chatres|chaudenay|chaumont|chaumot|chaussy|chaux|
chavagnac|chavannes|chavigny|chazelles|chazeuil|chef boutonne|chelles|chemery|chemilly|chenay|chenereilles|cheniers|chepy|
cherance|cherisy|cherre|chessy|chevannes|chevillon|chevreville|chevrieres|chevry|chezelles|chiddes|chilly|chirac|cintray|
civray|cize|claix|clamecy|clans|clarac|claret|clermont|clery|clesse|cleville|clion|cogny|coincy|collongues|
colombey les deux eglises|colombier|colombiers|comps|condamine|condat|condes|confolens|contes|conteville|contre|contres|
corcelles|cormeilles|cormicy|cornille|coublanc|coudray|coulanges|coulombiers|coulonces|coulonges|courbouzon|courcelles|
courchamps|courcome|courcy|courdemanche|courmont|cours|courtefontaine|courtenay|courtomer|coutures|couvains|coux|crans|craon|
cras|crasville|cravant|creancey|crepy|crespin|creysse|crissey|croisilles|croix|cros|cuisy|cuq|curel|cussac|cutry|cuverville|
cuves|cuy|cuzieu|dame marie|damery|dampierre|dance|dannemarie|desertines|dienne|diou|domfront|dommartin|dompierre|donjeux|
donzac|doudeauville|doux|douzy|drocourt|droisy|durfort|dury|echevannes|ecuelles|emanville|ennery|entraigues|epagny|epieds|
epizon|escamps|esparron|espinasse|esse|essert|estaing|estivareilles|estrees|etaules|eterpigny|etrechy|etrepilly|evron|fabas|
falaise|famechon|faramans|fargues|faugeres|faverolles|favieres|fay|fayet|fays|feings|felines|fenioux|fenouillet|ferrieres|
festigny|flacey|flagey|flagy|flamanville|flavigny|flee|flers|fleurac|fleure|fleury|flize|floirac|foissac|folleville|fons|
fontaine|fontaine notre dame|fontaines|fontanes|fontcouverte|fontenailles|fontenay|fontenelle|fontenoy|forges|forges les eaux|
formerie|fos|fosse|fouchecourt|foucheres|fougere|fougerolles|fouilloy|fourneaux|fourques|fours|francheville|francieres|
franconville|franqueville|freneuse|frenois|fresnes|frolois|fromentieres|fronsac|frontenac|gabriac|gajan|gargas|garrigues|
gaujac|gauville|geay|genay|generac|gennes|genos|genouillac|genouille|genouilly|gensac|ger|germaine|germigney|germigny|
ghyvelde|gignac|gigny|gilley|giraumont|girolles|givry|gland|glatigny|gommecourt|gommerville|gondreville|gorges|goupillieres|
gourdon|goussainville|gouttieres|gouville sur mer|goux|gouy|grand camp|grandchamp|grandcourt|grandfontaine|grandpre|grazac|
grenay|grezes|grignols|grignon|grigny|griselles|grisolles|gron|guerville|guillac|guilly|halloy|haraucourt|hargnies|harricourt|
haucourt|hautecour|hauterive|hauteroche|hauteville|haux|hebecourt|hecourt|hericourt|herly|herqueville|hery|heudicourt|
heuqueville|homps|houssay|ige|igney|igny|ingrandes|isigny sur mer|isse|janville|janvry|jonquieres|jouy|juillac|juille|juilly|
jumelles|jussy|juvigny|l epine|l etoile|l isle jourdain|la barre|la bastide|la bazoge|la bazoque|la belliere|la boissiere|
la bosse|la breteniere|la bussiere|la capelle|la celle|la cellette|la chapelle|la chapelle baton|la chapelle blanche|
la chapelle gauthier|la chapelle neuve|la chapelle saint sauveur|la chaussee|la chaux|la colombe|la couture|la ferriere|
la feuillie|la flamengrie|la fontenelle|la force|la frette|la gacilly|la garde|la genetouze|la haye|la montagne|la motte|
la pellerine|la pommeraye|la riviere|la roche blanche|la rochelle|la rochette|la romagne|la ronde|la rue saint pierre|
la salle|la sauvetat|la selve|la tour|la tourette|la trinite|la villedieu|la voivre|laas|labarthe|labatut|labruyere|lacave|
lachapelle|lacoste|lacq|lafarre|lagarde|lagarrigue|lagorce|lagrange|lahitte|lalanne|laleu|lamberville|lamothe|lancon|
landricourt|langon|lannes|lansac|lantenay|lanuejols|lapeyrouse|laprade|larchamp|larche|laroque|larre|larreule|larroque|
lartigue|lasse|lasserre|lasson|lassy|lastic|lauret|lavalette|lavans les saint claude|lavardin|lavau|lavaur|lavergne|le born|
le bosc|le bouchage|le breuil|le broc|le buisson|le castellet|le chatellier|le faouet|le favril|le gua|le ham|le hamel|
le lude|le manoir|le mesnil simon|le monteil|le noyer|le passage|le pin|le pont de beauvoisin|le pontet|le port|le puy|
le teilleul|le temple|le theil|le tronchet|le tronquay|le val|le vernet|lechelle|lege|leme|lemps|lent|lery|les alleuds|
les angles|les bordes|les cabannes|les essards|les essarts|les forges|les loges|les mees|les ormes|les plans|les salelles|
lesigny|lesperon|leugny|leval|levoncourt|lherm|lieusaint|liez|ligne|lignerolles|lignieres|ligueux|limeux|lisle|lissac|livry|
loisy|lombard|longchamp|longeves|longnes|longueville|longvillers|longvilliers|loubens|loudenvielle|louesme|loupiac|louvigny|
luc|luce|lucey|lucy|lugan|lugny|lunas|lure|lussac|lussan|lussat|lux|luze|lys|machault|machy|maconcourt|magne|magneux|magny|
maille|maillet|mainvilliers|maisoncelles|maisons|maizieres|malans|malicorne|maligny|mametz|mane|marans|marcay|marcenat|
marchastel|marcheville|marcilly|marcoux|marcq|marcy|marennes|mareuil|margny|margon|marignac|marigny|marly|marmagne|marnay|
marolles|marolles en brie|maron|marquay|mars|marsac|marsas|marseillan|marsilly|martainville|martigny|martincourt|mascaras|
massac|massingy|massy|maubec|maucourt|maumusson|maupas|maurens|maurepas|mauriac|mauroux|mauvezin|mayres|mazeres|mazerolles|
meigneux|meilhan|melay|melisey|melle|menneville|mercoeur|mercy|merdrignac|mere|mereville|mericourt|merignac|merville|meslay|
mesmont|messanges|meylan|mezel|mialet|mieges|millery|millieres|mirabeau|mirabel|mirambeau|miremont|mirepoix|miribel|
mogneville|molain|molay|molieres|moncaup|monclar|moncontour|mondeville|mondreville|monestier|monfaucon|monnieres|mons|
monsegur|mont|mont saint jean|mont saint martin|montagnac|montagne|montagnieu|montagny|montaigu|montaigut le blanc|montain|
montainville|montastruc|montauban de bretagne|montaud|montauriol|montaut|montbel|montbrun|montcabrier|montcel|montchamp|
montchauvet|montclar|montclus|montcornet|montdidier|montegut|monteils|montels|montesquieu|montesson|montfa|montfaucon|
montferrat|montfort|montgaillard|monthelon|montignac|montigne|montigny|montirat|montjay|montjean|montjoi|montlandon|montlaur|
montmain|montmaur|montmirail|montot|montoulieu|montpeyroux|montpezat|montreal|montreuil|montrevel|montrond|monts|montsurs|
morangis|morcourt|mornay|mortefontaine|mortemer|mortiers|mortree|morval|morville|morvilliers|mosnac|mouillac|moulin neuf|
moulines|moulinet|moulins|moulon|moussac|moussey|moussy|moutiers|mouzay|mouzon|moyenneville|munster|murat|murs|nalliers|narcy|
naussac|naves|nay|neuilly|neuvic|neuville|neuvillette|neuvy|nizas|noailhac|noailles|noe|nointel|noirlieu|nolay|nonville|
normanville|noyers|nozay|nozieres|oeuilly|offoy|ognes|oigny|oisy|olivet|ollainville|ollieres|oradour|orgeres|orgeval|origne|
orival|ormes|ormoy|ornans|orsans|orval|orville|osmoy|osse|ozon|pace|pacy sur eure|pailhes|pannes|parfondeval|parigny|parisot|
parnac|parnay|paroy|passy|paulhac|payzac|peguilhan|pere|perignac|perigny|peronne|perreux|perrigny|pers|perthes|peseux|
petiville|pierrecourt|pierrefiche|pierrefitte|pierrepont|pierrerue|pierres|pierreville|plagne|plainville|plaisance|planay|
plassac|pleine selve|plemet|plouhinec|plouigneau|plumieux|poilley|polastron|polignac|poligny|pommerieux|pommiers|pompignan|
pont l eveque|pontorson|port louis|portes|pougny|pouille|pouillon|pouilly|poullaouen|pradelles|prades|pradines|pratz|preaux|
prechac|presilly|presles|pressigny|prey|pringy|provenchere|prunet|prunieres|puiseux|puisieux|pujols|puyravault|puzieux|
quettreville sur sienne|quezac|quilly|quincerot|quincey|quinsac|rahon|ramecourt|rancourt|recologne|recourt|regny|reignac|
reilhac|rejaumont|remaucourt|remicourt|remigny|remilly|remoncourt|remy|renneville|reugny|reuilly|reveillon|revel|rians|
ribeaucourt|ribeauville|ricaud|richebourg|richemont|rieux|rignac|rion des landes|ris|riscle|rivarennes|rives|riviere|rivieres|
rix|rochebrune|rochefort|rochegude|roches|rochetaillee|rocles|rocquemont|rocquencourt|rocquigny|roinville|romagne|romagny|
romain|romans|romery|roncheres|roquebrune|roquefort|roquemaure|roques|rosay|rosey|rosieres|rosnay|rosoy|rots|rouelles|
rouffiac|rougemont|rouillac|roumegoux|roussillon|roussines|rousson|rouville|rouvray|rouvres|rouvroy|roye|ruffec|ruffiac|rully|
rumigny|rumilly|rumont|sablons|sacy|sagy|saignes|saillac|saillans|sailly|saint agnan|saint aignan|saint alban|saint amand|
saint amans|saint ambroix|saint andeol|saint andre|saint andre des eaux|saint angel|saint antoine|saint antonin|
saint apollinaire|saint appolinard|saint armel|saint arnoult|saint arroman|saint astier|saint aubin|saint aubin des bois|
saint aubin sur mer|saint augustin|saint avit|saint barthelemy|saint bauzile|saint beauzire|saint benoit|saint bernard|
saint blaise|saint bres|saint bresson|saint brice|saint caprais|saint cassien|saint cernin|saint chamant|saint cheron|
saint christaud|saint christol|saint christophe|saint cirgues|saint cirq|saint clair|saint claude|saint clement|saint coutant|
saint creac|saint crepin|saint crepin ibouvillers|saint cyprien|saint cyr|saint denis|saint dezery|saint didier|saint eloi|
saint erblon|saint estephe|saint etienne du bois|saint eugene|saint eusebe|saint felix|saint fiacre|saint firmin|
saint florentin|saint francois longchamp|saint front|saint genest|saint georges|saint georges du bois|saint germain|
saint germain des bois|saint germain des pres|saint germain laval|saint germain le gaillard|saint germier|saint gervais|
saint gery|saint gilles|saint gorgon|saint gratien|saint gregoire|saint hilaire|saint hilaire de villefranche|
saint hilaire du bois|saint hilaire du harcouet|saint hippolyte|saint honore|saint james|saint jean aux bois|
saint jean le blanc|saint jean le vieux|saint jeannet|saint joseph|saint juery|saint julien|saint just|saint justin|
saint lambert|saint lary|saint laurent|saint laurent des bois|saint laurent des combes|saint leger|saint leger aux bois|
saint leon|saint leonard|saint louis|saint loup|saint lucien|saint maixant|saint marc le blanc|saint marceau|saint marcel|
saint marcouf|saint mard|saint mars du desert|saint martial|saint martin|saint martin des champs|saint martin du bois|
saint martin du fouilloux|saint martin du mont|saint martin du puy|saint martin du tertre|saint martin sur ocre|saint maur|
saint maurice|saint maximin|saint medard|saint mesmin|saint michel|saint nazaire|saint nicolas des bois|
saint nicolas la chapelle|saint omer|saint ouen|saint ours|saint palais|saint pancrace|saint pantaleon|saint pardoux|
saint pardoux le neuf|saint paul|saint perdoux|saint pere|saint philibert|saint pierre|saint pierre d entremont|
saint pierre des ifs|saint pierre du mont|saint pierre le vieux|saint pierremont|saint pons|saint priest|saint privat|
saint prive|saint prix|saint projet|saint raphael|saint remimont|saint remy|saint robert|saint romain|saint samson|
saint sardos|saint saturnin|saint sauvant|saint sauveur|saint savin|saint sebastien|saint sernin|saint servais|
saint sigismond|saint simeon|saint simon|saint sixte|saint sornin|saint sulpice|saint sulpice des landes|saint sylvain|
saint sylvestre|saint symphorien|saint thibault|saint thomas|saint thurien|saint urbain|saint urcisse|saint usage|
saint valerien|saint vallier|saint verand|saint victor|saint vincent|saint vincent de paul|saint vincent des pres|
saint vivien|saint vrain|sainte agnes|sainte anastasie|sainte anne|sainte austreberthe|sainte barbe|sainte blandine|
sainte catherine|sainte cecile|sainte christine|sainte colombe|sainte croix|sainte eulalie|sainte florence|sainte foy|
sainte gemme|sainte genevieve|sainte genevieve des bois|sainte helene|sainte luce|sainte marguerite|sainte marie|
sainte marie du bois|sainte marie du mont|sainte marthe|sainte mere eglise|sainte radegonde|sainte reine|sainte rose|
sainte suzanne|saints geosmes|saix|salettes|salignac|saligny|salins|salles|salon|sancourt|sancy|sanilhac|santenay|santeuil|
santilly|sapois|sarcey|sarrazac|sarry|saules|saulnieres|saulxures|saumane|saussay|saussey|sauveterre|sauviac|sauville|sauzet|
savennes|savignac|savigneux|savigny|sceaux|segalas|segonzac|selles|senantes|sendets|senlis|septfonds|seraincourt|serans|sergy|
serignac|serigny|sermaise|serqueux|serres|serrieres|sers|servas|servigney|servon|sery|seyssel|sigoyer|siran|soize|solesmes|
sonnac|sorbets|sorbey|sorbiers|sornay|soucy|soudan|soues|souge|sourdeval|souvigne|spoy|subligny|sully|surin|surville|suzanne|
taillebourg|tailly|talcy|tauriac|tayrac|teilhet|teille|termes|ternant|ternay|thaon les vosges|thenac|thenay|theuville|thezac|
theze|thieux|thievres|thil|thizay|thizy|thoiry|thors|thory|thou|thury|tilly|tocqueville|torcy|torcy le grand|torcy le petit|
torfou|torpes|touffreville|tournemire|treban|treffort|tremeven|tremont|treves|trois rivieres|tronchoy|truchtersheim|urville|
usseau|ussel|uzer|vabres|vadans|vadencourt|vailly|vaire|valence|valleroy|vallet|valmont|vandieres|vareilles|varennes|vars|
vauciennes|vaudeville|vaudoncourt|vaudricourt|vaulx|vauville|vauvillers|vaux|vayres|velennes|velles|venon|venterol|verdon|
verdun|verfeil|verneuil|vernon|vernouillet|verrieres|vers|versigny|versonnex|vert|vervant|vesly|veyrieres|vezac|vezins|vibrac|
vicq|vieillevigne|viella|vieux|vieux moulin|vignes|vigny|villard|villars|ville|villedieu|villefort|villefranque|villegats|
villegusien le lac|villemarechal|villemer|villeneuve|villepinte|villereau|villeret|villeroy|villers|villers bocage|
villers le sec|villette|villiers|villiers le sec|villiers sur marne|villy|vinay|vincelles|vineuil|vinzelles|vion|vira|vire|
virey|viry|vitrac|vitrolles|viviers|vix|voisines|volnay|vougy|vouhe|vouille|vouziers|vrigne aux bois|vrigny|wailly|warcq|
warlus
"""
HOMONYMS = frozenset(_SEVERAL.replace("\n", "").split("|")) | _WORDS
